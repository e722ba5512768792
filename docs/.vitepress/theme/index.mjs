import { useData } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { onMounted, watch } from "vue";
import "./style.css";

/** The theme's landing page has no main landmark; its other pages have. */
function markLandingPage() {
  const { frontmatter } = useData();
  const mark = (layout) => {
    const content = document.getElementById("VPContent");
    if (layout === "home") content?.setAttribute("role", "main");
    else content?.removeAttribute("role");
  };
  onMounted(() => watch(() => frontmatter.value.layout, mark, { immediate: true, flush: "post" }));
}

export default { extends: DefaultTheme, setup: markLandingPage };
