// For Page.evaluate: how far the page has come, its words and what is typed.
() => {
  const at = document.activeElement;
  const value = (field) => (/checkbox|radio/.test(field.type) ? `${field.value}: ${field.checked}` : field.value);
  const typed = [...document.querySelectorAll("input:not([type=hidden]), textarea, select")].filter((field) => field.name);
  return [
    `${document.readyState}, scrolled ${scrollY}, focus ${at?.outerHTML.slice(0, 120)}`,
    (document.querySelector("main") ?? document.body).innerText,
    ...typed.map((field) => `${field.name} = ${value(field)}`),
  ].join("\n");
}
