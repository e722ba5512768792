/**
 * Judges Ed25519 public keys (RFC 8032, section 5.1): node:crypto takes any 32 bytes, and up to Node 22 it
 * verifies forged signatures under points of low order. The data is public: nothing here needs constant time.
 */

/** The field's prime, 2^255 - 19. */
const P = 2n ** 255n - 19n;
/** The curve is -x² + y² = 1 + d·x²·y² with d = -121665/121666. */
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** A square root of -1, 2^((P-1)/4). */
const SQRT_MINUS_ONE = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const SIGN_BIT = 2n ** 255n;

/** A point in projective coordinates: x = X/Z, y = Y/Z. */
interface Point {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
}

/** Why these 32 bytes are no public key that can be trusted; undefined when they are one. */
export function pointProblem(key: Uint8Array): string | undefined {
  if (key.length !== 32) return `has ${key.length} bytes; a public key has 32`;
  const encoded = littleEndian(key);
  const y = encoded % SIGN_BIT;
  if (y >= P) return "is no Ed25519 public key: its encoding is not canonical (y is not below 2^255 - 19)";
  const x = rootOf(y);
  if (x === undefined) return "is no Ed25519 public key: no point of the curve has this encoding";
  if (isSmall({ X: x, Y: y, Z: 1n })) return "is an Ed25519 point of low order: anybody can forge its signatures";
  return undefined;
}

const littleEndian = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString("hex")}`);

const mod = (value: bigint): bigint => {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
};

/** An x with (x, y) on the curve, of either sign: x² = (y² - 1) / (d·y² + 1), by RFC 8032, section 5.1.3. */
function rootOf(y: bigint): bigint | undefined {
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  const v3 = mod(v * v * v);
  const x = mod(u * v3 * power(mod(u * v3 * v3 * v), (P - 5n) / 8n));
  const square = mod(v * x * x);
  if (square === u) return x;
  return square === mod(-u) ? mod(x * SQRT_MINUS_ONE) : undefined;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = (result * result) % P;
    if (bit === "1") result = (result * base) % P;
  }
  return result;
}

/** Whether eight times the point is the neutral element (0, 1): the curve's cofactor is 8. */
function isSmall(point: Point): boolean {
  const { X, Y, Z } = double(double(double(point)));
  return X === 0n && Y === Z;
}

/** The doubling `dbl-2008-bbjlp` of the Explicit-Formulas Database, for a = -1. */
function double({ X, Y, Z }: Point): Point {
  const C = mod(X * X);
  const S = mod(Y * Y);
  const F = mod(S - C);
  const J = mod(F - 2n * Z * Z);
  return { X: mod(((X + Y) ** 2n - C - S) * J), Y: mod(F * (-C - S)), Z: mod(F * J) };
}
