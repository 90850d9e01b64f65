"use strict";
(() => {
  // Places are in pixels of the deepest zoom level, from the top left corner of all tiles.
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const canvas = $("map"), ctx = canvas.getContext("2d");
  const number = new Intl.NumberFormat("en");
  const COLORS = ["#ffe600", "#00e5ff", "#ff7ad9", "#7dff6a", "#ff9d2e", "#c9b3ff"];
  const classes = [];
  const images = new Map();
  const off = new Set();
  const eye = { x: 0, y: 0, scale: 1 };
  let step = 0, width = 0, height = 0, chosen = null, asked = false, style = null;

  const frame = () => data.frames[step];
  const shown = () => frame().layers.filter((layer) => !off.has(layer.name));
  const color = (name) => {
    if (!classes.includes(name)) classes.push(name);
    return COLORS[classes.indexOf(name) % COLORS.length];
  };
  const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

  function image(index) {
    let found = images.get(index);
    if (!found) {
      found = new Image();
      found.onload = draw;
      found.src = data.pictures[index];
      images.set(index, found);
    }
    return found.complete && found.naturalWidth ? found : null;
  }

  function fit() {
    const [left, top, right, bottom] = data.bounds;
    eye.scale = Math.min(width / (right - left), height / (bottom - top)) * 0.96;
    eye.x = (left + right) / 2;
    eye.y = (top + bottom) / 2;
    draw();
  }
  const toScreen = (x, y) => [(x - eye.x) * eye.scale + width / 2, (y - eye.y) * eye.scale + height / 2];
  const toMap = (x, y) => [(x - width / 2) / eye.scale + eye.x, (y - height / 2) / eye.scale + eye.y];
  function toDegrees(x, y) {
    const world = 256 * 2 ** data.zoom;
    const lon = ((x + data.origin[0]) / world) * 360 - 180;
    const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + data.origin[1])) / world))) * 180) / Math.PI;
    return [lon, lat];
  }
  function zoomBy(factor, x = width / 2, y = height / 2) {
    const [mapX, mapY] = toMap(x, y);
    eye.scale = clamp(eye.scale * factor, 1e-4, 64);
    eye.x = mapX - (x - width / 2) / eye.scale;
    eye.y = mapY - (y - height / 2) / eye.scale;
    draw();
  }
  function move(x, y) {
    const [left, top, right, bottom] = data.bounds;
    eye.x = clamp(eye.x + x / eye.scale, left, right);
    eye.y = clamp(eye.y + y / eye.scale, top, bottom);
    draw();
  }

  function draw() {
    if (asked) return;
    asked = true;
    requestAnimationFrame(paint);
  }
  function paint() {
    asked = false;
    const dots = window.devicePixelRatio || 1;
    ctx.setTransform(dots, 0, 0, dots, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const labels = grid();
    ctx.imageSmoothingEnabled = eye.scale < 2;
    for (const layer of shown()) if (layer.tiles) for (const tile of layer.tiles) paintTile(tile);
    for (const layer of shown()) if (layer.shapes) for (const shape of layer.shapes) outline(shape);
    // Above the pictures, which would hide them where the page is narrow.
    ctx.font = "11px system-ui, sans-serif";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = style.getPropertyValue("--paper");
    ctx.fillStyle = style.getPropertyValue("--ink");
    for (const label of labels) {
      ctx.strokeText(...label);
      ctx.fillText(...label);
    }
    scaleBar();
  }
  function paintTile([x, y, size, index]) {
    const [left, top] = toScreen(x, y).map(Math.round);
    const [right, bottom] = toScreen(x + size, y + size).map(Math.round);
    if (right < 0 || bottom < 0 || left > width || top > height) return;
    const found = image(index);
    if (found) ctx.drawImage(found, left, top, right - left, bottom - top);
  }
  function trace(shape) {
    ctx.beginPath();
    for (const ring of shape.rings) {
      ring.forEach(([x, y], index) => ctx[index ? "lineTo" : "moveTo"](...toScreen(x, y)));
      ctx.closePath();
    }
  }
  function outline(shape) {
    const [x, y] = toScreen(...shape.rings[0][0]);
    const around = shape.reach * eye.scale + 4;
    if (x < -around || y < -around || x > width + around || y > height + around) return;
    trace(shape);
    ctx.lineJoin = "round";
    const thin = clamp(eye.scale * 1.2, 0.8, 1.6);
    ctx.lineWidth = shape === chosen ? 6 : 2 * thin;
    ctx.strokeStyle = "rgba(0, 0, 0, 0.65)";
    ctx.stroke();
    ctx.lineWidth = shape === chosen ? 3 : thin;
    ctx.strokeStyle = color(shape.kind);
    ctx.stroke();
  }
  function grid() {
    const [west, north] = toDegrees(...toMap(0, 0)), [east, south] = toDegrees(...toMap(width, height));
    const wanted = Math.max(east - west, 1e-7) / clamp(width / 90, 2, 6);
    const power = 10 ** Math.floor(Math.log10(wanted));
    const every = power * [1, 2, 5, 10].find((times) => times * power >= wanted);
    const digits = Math.max(0, Math.ceil(-Math.log10(every) - 1e-9));
    const world = 256 * 2 ** data.zoom;
    ctx.strokeStyle = style.getPropertyValue("--line");
    ctx.lineWidth = 1;
    ctx.beginPath();
    const labels = [];
    for (let lon = Math.ceil(west / every) * every; lon < east; lon += every) {
      const x = toScreen(((lon + 180) / 360) * world - data.origin[0], 0)[0];
      ctx.moveTo(x, 0);
      ctx.lineTo(x, height);
      if (x < width - 60) labels.push([`${((lon + 540) % 360 - 180).toFixed(digits)}\u00b0`, x + 3, height - 4]);
    }
    for (let lat = Math.ceil(south / every) * every; lat < Math.min(north, 85); lat += every) {
      const sine = Math.asinh(Math.tan((lat * Math.PI) / 180));
      const y = toScreen(0, ((1 - sine / Math.PI) / 2) * world - data.origin[1])[1];
      ctx.moveTo(0, y);
      ctx.lineTo(width, y);
      if (y > 14 && y < height - 18) labels.push([`${lat.toFixed(digits)}\u00b0`, 4, y - 3]);
    }
    ctx.stroke();
    return labels;
  }
  function scaleBar() {
    const lat = toDegrees(eye.x, eye.y)[1];
    const meters = (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** data.zoom) / eye.scale;
    const power = 10 ** Math.floor(Math.log10(meters * 140));
    const length = power * [5, 2, 1].find((times) => times * power <= meters * 140);
    const right = width - 14, bottom = height - 26, left = right - length / meters;
    const text = length < 1000 ? `${length} m` : `${length / 1000} km`;
    for (const [line, ink] of [[5, "rgba(0, 0, 0, 0.75)"], [2, "#fff"]]) {
      ctx.lineWidth = line;
      ctx.strokeStyle = ink;
      ctx.beginPath();
      ctx.moveTo(left, bottom - 6);
      ctx.lineTo(left, bottom);
      ctx.lineTo(right, bottom);
      ctx.lineTo(right, bottom - 6);
      ctx.stroke();
    }
    ctx.font = "600 12px system-ui, sans-serif";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(0, 0, 0, 0.75)";
    ctx.fillStyle = "#fff";
    ctx.strokeText(text, left + 6, bottom - 9);
    ctx.fillText(text, left + 6, bottom - 9);
  }

  function at(x, y) {
    const layers = shown().filter((layer) => layer.shapes).reverse();
    for (const layer of layers) {
      for (const shape of layer.shapes) {
        trace(shape);
        const dots = window.devicePixelRatio || 1;
        if (ctx.isPointInPath(x * dots, y * dots)) return shape;
      }
    }
    return null;
  }
  function point(x, y) {
    const found = at(x, y);
    if (found !== chosen) {
      chosen = found;
      draw();
    }
    const [east, lat] = toDegrees(...toMap(x, y)), lon = ((east + 540) % 360) - 180;
    const parts = found ? [found.kind, ...found.told] : [];
    $("about").textContent = [...parts, `${lat.toFixed(6)}\u00b0, ${lon.toFixed(6)}\u00b0`].join(", ");
    $("about").hidden = false;
  }

  function sums(one) {
    const found = new Map();
    for (const layer of one.layers) {
      for (const shape of layer.shapes || []) {
        const sum = found.get(shape.kind) || { count: 0, area: 0 };
        sum.count += shape.count;
        sum.area += shape.area;
        found.set(shape.kind, sum);
      }
    }
    return found;
  }
  function go(to) {
    step = clamp(to, 0, data.frames.length - 1);
    chosen = null;
    const label = frame().label;
    $("step").value = step;
    $("step").setAttribute("aria-valuetext", label);
    $("date").textContent = label;
    const told = [...sums(frame())].map(([kind, sum]) => `${number.format(sum.count)} ${kind}`);
    const summary = [label, told.join(", ")].filter(Boolean).join(": ");
    $("summary").textContent = summary;
    canvas.setAttribute("aria-label", `Map. ${summary}`);
    draw();
  }

  function resize() {
    const box = canvas.getBoundingClientRect();
    const dots = window.devicePixelRatio || 1;
    const first = !width;
    width = box.width;
    height = box.height;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(height * dots);
    if (first) fit();
    else draw();
  }

  function layers() {
    const seen = new Map();
    for (const one of data.frames) for (const layer of one.layers) if (!seen.has(layer.name)) seen.set(layer.name, layer);
    for (const [name, layer] of seen) {
      if (!layer.on) off.add(name);
      const label = document.createElement("label"), box = document.createElement("input");
      box.type = "checkbox";
      box.checked = layer.on;
      box.addEventListener("change", () => {
        if (box.checked) off.delete(name);
        else off.add(name);
        draw();
      });
      label.append(box, ` ${name}`);
      $("layers").append(label);
    }
  }
  function table() {
    for (const one of data.frames) {
      for (const [kind, sum] of sums(one)) {
        const row = $("found").insertRow();
        row.insertCell().textContent = one.label;
        row.insertCell().textContent = kind;
        for (const value of [sum.count, Math.round(sum.area)]) {
          const cell = row.insertCell();
          cell.className = "n";
          cell.textContent = number.format(value);
        }
      }
    }
  }

  const fingers = new Map();
  const local = (event) => [event.offsetX, event.offsetY];
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, local(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    const now = local(event), before = fingers.get(event.pointerId);
    if (!before) return point(...now);
    const other = [...fingers].find(([id]) => id !== event.pointerId);
    if (other) {
      const [x, y] = other[1];
      const was = Math.hypot(before[0] - x, before[1] - y), is = Math.hypot(now[0] - x, now[1] - y);
      if (was > 0 && is > 0) zoomBy(is / was, x, y);
    } else move(before[0] - now[0], before[1] - now[1]);
    fingers.set(event.pointerId, now);
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, (event) => {
      if (name === "pointerup") point(...local(event));
      fingers.delete(event.pointerId);
    });
  }
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 20 : 1;
    zoomBy(Math.exp(clamp(-event.deltaY * lines, -300, 300) / 400), ...local(event));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => zoomBy(2, ...local(event)));
  const KEYS = {
    ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0), ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
    "+": () => zoomBy(1.5), "=": () => zoomBy(1.5), "-": () => zoomBy(1 / 1.5), 0: fit, Home: fit,
    PageUp: () => go(step - 1), PageDown: () => go(step + 1),
  };
  canvas.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  $("in").addEventListener("click", () => zoomBy(1.5));
  $("out").addEventListener("click", () => zoomBy(1 / 1.5));
  $("fit").addEventListener("click", fit);
  $("before").addEventListener("click", () => go(step - 1));
  $("after").addEventListener("click", () => go(step + 1));
  $("step").addEventListener("input", (event) => go(Number(event.target.value)));
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  style = getComputedStyle(document.documentElement);
  $("step").max = data.frames.length - 1;
  $("time").hidden = data.frames.length < 2;
  layers();
  table();
  go(0);
  new ResizeObserver(resize).observe(canvas);
  resize();
})();
