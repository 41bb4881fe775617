// Times in the viewer's own zone: time[data-local] is written to the minute or to the second. The
// server writes them in UTC, as its title says.

const date = { year: "numeric", month: "short", day: "numeric" };
const minute = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const FORMATS = { minute: { ...date, ...minute }, second: { ...minute, second: "2-digit" }, whole: { ...date, ...minute, second: "2-digit", timeZoneName: "short" } };
const write = (moment, format) => new Intl.DateTimeFormat("en-US", FORMATS[format]).format(moment);

function tell() {
  for (const time of document.querySelectorAll("time[data-local]")) {
    const moment = new Date(time.dateTime);
    const words = write(moment, time.dataset.local).replace(/(\d{4}), /, "$1 "); // as the server does
    if (time.textContent !== words) time.textContent = words;
    time.title = write(moment, "whole");
  }
}

// Before what was swapped in is painted.
for (const event of ["htmx:afterSwap", "htmx:oobAfterSwap"]) document.addEventListener(event, tell);
tell();
