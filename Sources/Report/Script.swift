import HourglassFormats

/// The one script of a page. Without it all can be read: it shows a sample beside the point of a map that a
/// pointer or the arrow keys come to.
enum Script {
  /// How a page's policy names the script, so that no other may run in it.
  static var fingerprint: String { "sha256-" + Base64.encode(SHA256.of(Array(text.utf8))) }

  static let text = """
    for (const box of document.querySelectorAll('.scatter')) {
      const svg = box.querySelector('svg'), points = [...svg.querySelectorAll('circle.p')];
      const atlas = box.querySelector('.atlas'), peek = document.createElement('div');
      const [width, height, across] = box.dataset.atlas.split(' ').map(Number);
      const zoom = Math.max(1, Math.floor(96 / width)), picture = document.createElement('i');
      const words = document.createElement('bdi');
      let at = -1;
      peek.className = 'peek';
      peek.hidden = true;
      peek.setAttribute('role', 'status');
      if (atlas) peek.append(picture);
      peek.append(words);
      box.append(peek);
      svg.tabIndex = 0;
      points.forEach((point, index) => {
        const title = point.querySelector('title');
        point.dataset.words = title.textContent;
        point.dataset.index = index;
        title.remove();
      });
      const show = (index) => {
        if (at >= 0) points[at].classList.remove('here');
        at = index;
        peek.hidden = at < 0;
        if (at < 0) return;
        const point = points[at], dot = point.getBoundingClientRect(), frame = box.getBoundingClientRect();
        point.classList.add('here');
        words.textContent = point.dataset.words;
        if (atlas) {
          const x = at % across, y = Math.floor(at / across);
          picture.style.width = width * zoom + 'px';
          picture.style.height = height * zoom + 'px';
          picture.style.backgroundImage = `url(${atlas.src})`;
          picture.style.backgroundSize = atlas.naturalWidth * zoom + 'px';
          picture.style.backgroundPosition = `${-x * width * zoom}px ${-y * height * zoom}px`;
        }
        const left = dot.left - frame.left, right = left > frame.width / 2;
        peek.style.left = right ? '' : left + 14 + 'px';
        peek.style.right = right ? frame.width - left + 6 + 'px' : '';
        peek.style.top = Math.max(0, dot.top - frame.top - 20) + 'px';
      };
      svg.addEventListener('pointermove', (event) => {
        const index = event.target.dataset.index;
        show(index === undefined ? -1 : Number(index));
      });
      svg.addEventListener('pointerleave', () => show(-1));
      svg.addEventListener('blur', () => show(-1));
      svg.addEventListener('keydown', (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (event.key === 'Escape') show(-1);
        if (!step || !points.length) return;
        event.preventDefault();
        show((at + step + points.length) % points.length);
      });
    }

    """
}
