// At installation: an access list naming a fresh admin key, unless there is one, in the folder given.
import { adminAccess } from "./admin-access.mjs";

const { acl, key } = adminAccess(process.argv[2]);
process.stdout.write(`my-os-server: who may do what: ${acl}${key ? `; the admin's key: ${key}` : ""}\n`);
