(node, { kind, text }) => {
  const data = new DataTransfer();
  if (text) data.setData("text/plain", text);
  else data.items.add(new File(["x"], `${kind}.png`, { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  node.dispatchEvent(
    kind === "paste"
      ? new ClipboardEvent("paste", { clipboardData: data, ...options })
      : new DragEvent("drop", { dataTransfer: data, ...options }),
  );
}
