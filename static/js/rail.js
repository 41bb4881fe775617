// On a phone the rail is a bar that is wider than the screen: the page one is on comes into view.

const rail = document.querySelector(".rail");
const here = rail?.querySelector("[aria-current]");
if (here && rail.scrollWidth > rail.clientWidth) {
  rail.scrollLeft = here.offsetLeft - (rail.clientWidth - here.offsetWidth) / 2;
}
