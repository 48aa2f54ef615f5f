// Grids of cells: which are blocked, and what brush and eraser make of them. The first row of text is the highest.
(() => {
  const scene = ((window.lookahead ??= {}).scene ??= {});
  const FREE = ".GS0 ";
  const MAX_CELLS = 1_000_000; // of a grid that the brush begins: finer cells are slow to send

  // As text, whatever it was written in.
  function rowsOf(grid) {
    if (grid.rows) return grid.rows;
    return [...grid.cells].reverse().map((cells) => cells.map((cell) => (cell ? "#" : ".")).join(""));
  }

  const isBlocked = (letter) => letter !== undefined && !FREE.includes(letter);

  // The cell under a point: column from the left, row of the text from the top.
  function cellAt(grid, [x, y]) {
    const [columns, rows] = scene.gridShape(grid);
    const [left, low] = grid.origin ?? [0, 0];
    const resolution = grid.resolution ?? 1;
    const column = Math.floor((x - left) / resolution);
    const row = rows - 1 - Math.floor((y - low) / resolution);
    return column >= 0 && column < columns && row >= 0 && row < rows ? [column, row] : null;
  }

  function isBlockedAt(grid, point) {
    const cell = cellAt(grid, point);
    if (!cell) return false;
    const [column, row] = cell;
    return grid.rows ? isBlocked(grid.rows[row][column]) : Boolean(grid.cells[grid.cells.length - 1 - row][column]);
  }

  // The grid with the cells that a brush of that radius (m) passes on its way from one point to another.
  function painted(grid, from, to, radius, isWall) {
    const rows = rowsOf(grid).map((row) => [...row]);
    const resolution = grid.resolution ?? 1;
    const steps = Math.max(1, Math.ceil(scene.distance(from, to) / (resolution / 2)));
    const reach = Math.floor(radius / resolution);
    let changes = 0;
    for (let step = 0; step <= steps; step += 1) {
      const share = step / steps;
      const cell = cellAt(grid, [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])]);
      if (!cell) continue;
      for (let v = -reach; v <= reach; v += 1) {
        for (let u = -reach; u <= reach; u += 1) {
          const [column, row] = [cell[0] + u, cell[1] + v];
          const before = rows[row]?.[column];
          if (before === undefined || u * u + v * v > (reach + 0.5) ** 2 || isBlocked(before) === isWall) continue;
          rows[row][column] = isWall ? "#" : ".";
          changes += 1;
        }
      }
    }
    if (!changes) return grid;
    const { cells: _, ...rest } = grid;
    return { ...rest, rows: rows.map((row) => row.join("")) };
  }

  // A free grid over the whole map, of cells as near to that size as their number allows.
  function emptyGrid({ width, height, origin = [0, 0] }, size) {
    const resolution = Math.max(size, Math.sqrt((width * height) / MAX_CELLS));
    const columns = Math.max(1, Math.round(width / resolution));
    const rows = Math.max(1, Math.round(height / resolution));
    return { kind: "grid", rows: Array(rows).fill(".".repeat(columns)), origin, resolution };
  }

  // A picture of the grid, one pixel a cell; kept as long as the grid, which never changes.
  const pictures = new WeakMap();
  function pictureOf(grid, colour) {
    const known = pictures.get(grid);
    if (known?.colour === colour) return known.canvas;
    const [columns, rows] = scene.gridShape(grid);
    const canvas = Object.assign(document.createElement("canvas"), { width: columns, height: rows });
    const context = canvas.getContext("2d");
    context.fillStyle = colour;
    rowsOf(grid).forEach((row, y) => {
      for (let x = 0, begin = -1; x <= row.length; x += 1) {
        if (isBlocked(row[x])) begin = begin < 0 ? x : begin;
        else if (begin >= 0) {
          context.fillRect(begin, y, x - begin, 1);
          begin = -1;
        }
      }
    });
    pictures.set(grid, { colour, canvas });
    return canvas;
  }

  Object.assign(scene, { cellAt, emptyGrid, isBlockedAt, painted, pictureOf, rowsOf });
})();
