// Sorts and filters the table. Without it the page is whole; what is chosen stands in the address, so that a view can
// be shared.
(function () {
  "use strict";
  var form = document.getElementById("filters");
  var table = document.getElementById("table");
  if (!form || !table) { return; }
  var list = function (of) { return Array.prototype.slice.call(of); };
  var groups = list(table.tBodies);
  var rows = list(table.querySelectorAll("tr[data-state]"));
  var homes = rows.map(function (row) { return row.parentNode; });
  // Where the order is another one than that of the groups, all rows stand in a body of their own.
  var plain = table.appendChild(document.createElement("tbody"));
  plain.setAttribute("role", "rowgroup");
  var heads = list(table.tHead.rows[0].cells);
  var told = document.getElementById("told");
  var names = ["q", "sig", "state", "risk"];
  var view = { sort: "", dir: "asc" };

  heads.forEach(function (head) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    head.setAttribute("aria-sort", "none");
    button.addEventListener("click", function () {
      var key = head.getAttribute("data-key");
      view.dir = view.sort === key && view.dir === "asc" ? "desc" : "asc";
      view.sort = key;
      show(true);
    });
  });

  function column(key) {
    for (var at = 0; at < heads.length; at += 1) {
      if (heads[at].getAttribute("data-key") === key) { return at; }
    }
    return -1;
  }

  function sorted() {
    var at = column(view.sort);
    if (at < 0) { return rows.slice(); }
    var sign = view.dir === "desc" ? -1 : 1;
    var of = function (row) { return row.cells[at].getAttribute("data-sort") || ""; };
    return rows.map(function (row, index) { return [row, index]; }).sort(function (a, b) {
      var order = of(a[0]).localeCompare(of(b[0]), "en", { numeric: true });
      return order === 0 ? a[1] - b[1] : sign * order;
    }).map(function (pair) { return pair[0]; });
  }

  function fits(row) {
    var text = form.elements.q.value.trim().toLowerCase();
    var has = function (name) {
      var wanted = form.elements[name].value;
      return wanted === "" || (" " + row.getAttribute("data-" + name) + " ").indexOf(" " + wanted + " ") >= 0;
    };
    return (text === "" || row.textContent.toLowerCase().indexOf(text) >= 0) && has("sig") && has("state") && has("risk");
  }

  function show(keep) {
    var shown = 0;
    groups.forEach(function (group) { group.hidden = true; });
    sorted().forEach(function (row) {
      var home = view.sort ? plain : homes[rows.indexOf(row)];
      row.hidden = !fits(row);
      if (!row.hidden) {
        shown += 1;
        home.hidden = false;
      }
      home.appendChild(row);
    });
    heads.forEach(function (head) {
      var own = head.getAttribute("data-key") === view.sort;
      head.setAttribute("aria-sort", !own ? "none" : view.dir === "desc" ? "descending" : "ascending");
    });
    form.elements.sort.value = view.sort;
    form.elements.dir.value = view.dir;
    told.textContent = shown + " of " + rows.length + (rows.length === 1 ? " row" : " rows");
    if (keep) {
      var said = new URLSearchParams();
      names.forEach(function (name) {
        if (form.elements[name].value) { said.set(name, form.elements[name].value); }
      });
      if (view.sort) { said.set("sort", view.sort); }
      if (view.sort && view.dir === "desc") { said.set("dir", "desc"); }
      history.replaceState(null, "", "#" + said.toString());
    }
  }

  // What the address says; one that names a place on the page says nothing of a view.
  function read() {
    var hash = location.hash.slice(1);
    if (hash !== "" && hash.indexOf("=") < 0) { return; }
    var said = new URLSearchParams(hash);
    names.forEach(function (name) { form.elements[name].value = said.get(name) || ""; });
    view.sort = column(said.get("sort")) < 0 ? "" : said.get("sort");
    view.dir = said.get("dir") === "desc" ? "desc" : "asc";
    show(false);
  }

  form.hidden = false;
  form.addEventListener("input", function () {
    view.sort = form.elements.sort.value;
    view.dir = form.elements.dir.value;
    show(true);
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("reset", function () {
    view = { sort: "", dir: "asc" };
    window.setTimeout(function () { show(true); }, 0);
  });
  window.addEventListener("hashchange", read);
  read();
  show(false);
}());
