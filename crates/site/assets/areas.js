// The map of a State's areas, with its as-of slider. Without this script the page still has its picture, its tables and
// its form for the date; nothing here is the only way to anything.
"use strict";
(() => {
  const figure = document.getElementById("area_map");
  const slider = document.getElementById("area_year");
  if (!figure || !slider || !window.maplibregl) return;

  const say = JSON.parse(figure.dataset.words);
  const dates = JSON.parse(figure.dataset.dates);
  const remaining = JSON.parse(figure.dataset.remaining);
  const bounds = JSON.parse(figure.dataset.bounds);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const colour = dark
    ? { page: "#12161c", confirmed: "#ff9f6b", suspected: "#f0c95a" }
    : { page: "#f5f7fa", confirmed: "#a83c00", suspected: "#c98a00" };

  const source = (date) => `${location.origin}${figure.dataset.tiles}/{z}/{x}/{y}.mvt?as_of=${date}`;
  maplibregl.setWorkerUrl(figure.dataset.worker);
  figure.replaceChildren();
  figure.classList.add("live");

  const byKind = ["case", ["==", ["get", "kind"], "confirmed"], colour.confirmed, colour.suspected];
  const byCount = ["interpolate", ["linear"], ["sqrt", ["coalesce", ["get", "count"], 1]], 1, 5, 10, 14, 60, 34];
  const byMost = ["interpolate", ["linear"], ["sqrt", ["get", "at_most"]], 1, 5, 10, 14, 60, 34];
  const map = new maplibregl.Map({
    container: figure,
    bounds,
    fitBoundsOptions: { padding: 32, maxZoom: 13 },
    maxZoom: 17,
    attributionControl: false,
    locale: { "NavigationControl.ZoomIn": say.zoomIn, "NavigationControl.ZoomOut": say.zoomOut, "Map.Title": say.map },
    style: {
      version: 8,
      sources: { areas: { type: "vector", tiles: [source(dates[slider.value])], minzoom: 0, maxzoom: 14 } },
      layers: [
        { id: "page", type: "background", paint: { "background-color": colour.page } },
        { id: "fill", type: "fill", source: "areas", "source-layer": "areas", paint: { "fill-color": byKind, "fill-opacity": 0.45 } },
        { id: "line", type: "line", source: "areas", "source-layer": "areas", paint: { "line-color": byKind, "line-width": 1.4 } },
        {
          id: "points", type: "circle", source: "areas", "source-layer": "small_areas",
          paint: { "circle-color": byKind, "circle-radius": byCount, "circle-opacity": 0.85 },
        },
        {
          id: "cells", type: "circle", source: "areas", "source-layer": "cells",
          paint: {
            "circle-color": colour.confirmed, "circle-opacity": 0.45, "circle-radius": byMost,
            "circle-stroke-width": 1, "circle-stroke-color": colour.confirmed,
          },
        },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  map.on("error", (event) => { figure.dataset.problem = String(event.error && event.error.message); });
  map.on("idle", () => { figure.dataset.drawn = slider.value; });

  // What was clicked, in words; set as text, never as markup.
  const describe = (feature) => {
    const list = document.createElement("dl");
    list.className = "popup";
    for (const [key, label] of Object.entries(say.attributes)) {
      const value = feature.properties[key];
      if (value === undefined || value === "") continue;
      const name = document.createElement("dt");
      const what = document.createElement("dd");
      name.textContent = label;
      what.textContent = say.values[value] || (key.endsWith("m2") ? Number(value).toLocaleString(document.documentElement.lang) : value);
      list.append(name, what);
    }
    return list;
  };
  for (const layer of ["fill", "points", "cells"]) {
    map.on("click", layer, (event) => {
      new maplibregl.Popup().setLngLat(event.lngLat).setDOMContent(describe(event.features[0])).addTo(map);
    });
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }

  const label = document.getElementById("area_year_shown");
  const show = () => {
    const at = Number(slider.value);
    label.textContent = `${say.dates[at]}: ${remaining[at]}`;
    slider.setAttribute("aria-valuetext", label.textContent);
    map.getSource("areas").setTiles([source(dates[at])]);
    const address = new URL(location.href);
    address.searchParams.set("as_of", dates[at]);
    history.replaceState(null, "", address);
  };
  let waiting;
  slider.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  slider.closest(".slider").hidden = false;
})();
