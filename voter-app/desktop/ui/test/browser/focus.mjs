// Where the focus is, as those hear it who do not see, and whether those see it who do.

/** What draws the mark of the focus, and whether it is in sight. Runs in the page. */
function seen() {
  const e = document.activeElement;
  if (e === null || e === document.body) return { body: true, seen: false, html: "" };
  // A box that is drawn anew has the mark at what stands for it: its label, or what is around it.
  const around = [e, ...(e.labels ?? []), e.parentElement, e.nextElementSibling].filter((x) => x instanceof Element);
  const drawn = around.find((x) => {
    const style = getComputedStyle(x);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const html = e.outerHTML.slice(0, 200);
  if (drawn === undefined) return { body: false, seen: false, html };
  const box = drawn.getBoundingClientRect();
  const inside = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const covered = top === null || !(drawn.contains(top) || top.contains(drawn));
  return { body: false, seen: inside && !covered, html };
}

/** Role and name of what has the focus; body says that nothing has it. */
export async function focusOf(page) {
  const session = await page.context().newCDPSession(page);
  try {
    const { result } = await session.send("Runtime.evaluate", { expression: "document.activeElement" });
    const { nodes } = await session.send("Accessibility.getPartialAXTree", { objectId: result.objectId, fetchRelatives: false });
    const { role, name } = nodes[0] ?? {};
    return { role: role?.value ?? "", name: name?.value ?? "", ...(await page.evaluate(seen)) };
  } finally {
    await session.detach();
  }
}
