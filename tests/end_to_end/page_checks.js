// What a test asks of a page in the browser: each function returns a list of what is wrong, in words.
(() => {
  const name = (element) => {
    const words = (element.getAttribute("aria-label") || element.innerText || element.name || "").trim().slice(0, 40);
    const kind = typeof element.className === "string" && element.className ? "." + element.className.split(" ").join(".") : "";
    return `${element.tagName.toLowerCase()}${kind} “${words}”`;
  };
  const seen = (element) => {
    if (element.closest("[hidden], .unseen, dialog:not([open]), template, .skip, noscript")) return false;
    const folded = element.closest("details:not([open])");
    if (folded && !element.closest("summary")) return false;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && style.display !== "none" && !String(style.clipPath).includes("inset(50%)");
  };
  const hiddenAbove = (element) => {
    for (let above = element; above; above = above.parentElement) {
      if (String(getComputedStyle(above).clipPath).includes("inset(50%)")) return true;
    }
    return false;
  };
  const moving = (element) => {
    for (let above = element; above; above = above.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(above).position)) return true;
    }
    return false;
  };
  const scrolls = (element) => {
    for (let above = element.parentElement; above; above = above.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(above).overflowX)) return true;
    }
    return false;
  };
  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const parent = node.parentElement;
      if (!node.data.trim() || parent.closest("svg, script, style, option, textarea") || !seen(parent) || hiddenAbove(parent)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      found.push([node, [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1)]);
    }
    return found;
  };

  const sideways = () => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= window.innerWidth) return [];
    const wide = [...document.querySelectorAll("body *")].filter((one) => seen(one) && !scrolls(one) && one.getBoundingClientRect().right > window.innerWidth + 1);
    return [`the page is ${root.scrollWidth} px wide: ${wide.slice(-3).map(name).join(", ")}`];
  };
  const cut = () =>
    [...document.querySelectorAll("body *")].filter((element) => {
      if (!seen(element) || hiddenAbove(element) || element.closest("svg, .brand")) return false;
      const style = getComputedStyle(element);
      if (!["hidden", "clip"].includes(style.overflowX)) return false;
      const told = element.title || element.closest("[title]");
      return !told && element.innerText && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 3);
    }).map((element) => `cut off: ${name(element)}`);
  // What scrolls in its own frame hides what stands beyond it: a table or the heads of tabs are seen whole.
  const beyond = () =>
    [...document.querySelectorAll(".table-wrap, .tabs")]
      .filter((one) => seen(one) && !hiddenAbove(one) && one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.scrollWidth} px in a frame of ${one.clientWidth}: ${name(one)}`);
  const overlapping = () => {
    const boxes = texts().filter(([node]) => !moving(node.parentElement)).flatMap(([node, rects]) => rects.map((rect) => [node, rect]));
    boxes.sort((one, other) => one[1].top - other[1].top);
    const wrong = [];
    for (let i = 0; i < boxes.length && wrong.length < 5; i += 1) {
      const [node, box] = boxes[i];
      for (let j = i + 1; j < boxes.length && boxes[j][1].top < box.bottom; j += 1) {
        const [other, beside] = boxes[j];
        if (other === node || other.parentElement === node.parentElement) continue;
        const wide = Math.min(box.right, beside.right) - Math.max(box.left, beside.left);
        const high = Math.min(box.bottom, beside.bottom) - Math.max(box.top, beside.top);
        // Boxes of letters are taller than the letters: those of two lines may touch.
        if (wide > 3 && high > Math.min(box.height, beside.height) * 0.45) wrong.push(`“${node.data.trim().slice(0, 30)}” lies on “${other.data.trim().slice(0, 30)}”`);
      }
    }
    return wrong;
  };
  const controls = () => [...document.querySelectorAll("a[href], button, summary, select, textarea, input:not([type=hidden])")].filter((one) => seen(one) && !hiddenAbove(one) && !one.closest("svg"));
  const small = () =>
    controls().filter((control) => {
      if (control.disabled) return false;
      const label = control.matches("[type=checkbox], [type=radio]") ? control.closest("label") : null;
      const target = label || control;
      const inText = getComputedStyle(target).display === "inline";
      const height = target.getBoundingClientRect().height;
      return inText ? Math.max(height, parseFloat(getComputedStyle(target).lineHeight)) < 24 - 0.5 : height < 44 - 0.5;
    }).map((control) => `${Math.round(control.getBoundingClientRect().height)} px high: ${name(control)}`);

  const unreachable = () => {
    const wrong = [];
    for (const control of controls()) {
      if (control.disabled || control.closest("[role=tablist]")) continue;
      if (control.tabIndex !== 0 && !(control.matches("[type=radio]"))) wrong.push(`tabindex ${control.tabIndex}: ${name(control)}`);
      control.focus({ preventScroll: true });
      if (document.activeElement !== control) wrong.push(`takes no focus: ${name(control)}`);
      else {
        const style = getComputedStyle(control);
        if (style.outlineStyle === "none" && style.boxShadow === "none") wrong.push(`its focus cannot be seen: ${name(control)}`);
      }
    }
    return wrong;
  };
  // The bars that stay while the page scrolls must leave room for the page.
  const crowded = () =>
    [...document.querySelectorAll("header.top, nav.words, .toasts")]
      .filter((bar) => ["fixed", "sticky"].includes(getComputedStyle(bar).position) && bar.getBoundingClientRect().height > window.innerHeight / 6)
      .map((bar) => `takes ${Math.round(bar.getBoundingClientRect().height)} of ${window.innerHeight} px: ${name(bar)}`);
  // A figure, the head of a column and the name of a fact may end their line between words, never within one.
  const broken = () => {
    const wrong = [];
    for (const [node] of texts()) {
      if (!node.parentElement.closest("td.figure, thead th, dt")) continue;
      for (const word of node.data.matchAll(/[A-Za-z0-9.,]+/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) wrong.push(`broken within a word: “${word[0]}”`);
      }
    }
    return wrong;
  };
  window.pageChecks = { laidOut: () => [...sideways(), ...cut(), ...beyond(), ...overlapping(), ...crowded(), ...broken()], small, unreachable };
})();
