/// The style sheet of a page. Every colour is named once, for light and for dark; all text has a contrast of
/// at least 4.5 to what lies behind it (WCAG 2.1, level AA), which a test measures in a browser.
enum Style {
  static let sheet = colours + page + parts + charts + print

  /// Colours by what they are for. The ten of classes follow each other so that neighbours differ in hue and
  /// in brightness.
  static let colours = """
    :root{color-scheme:light dark;--back:#fdfdfb;--card:#f4f4ef;--ink:#1d2023;--quiet:#585e66;--rule:#d9d9d2;
    --first:#0b6b75;--second:#b3420c;--good:#1d6b3a;--bad:#a5281b;--warn:#7a5200;
    --c0:#2f6cb3;--c1:#c4541a;--c2:#2a8754;--c3:#b3363d;--c4:#7758ad;--c5:#85583b;--c6:#bd4f9a;--c7:#616872;
    --c8:#82820a;--c9:#148ba0;
    --v0:#3b0f70;--v1:#57157e;--v2:#721f81;--v3:#8c2981;--v4:#a8327d;--v5:#c43c75;--v6:#de4968;--v7:#ee5b5e;
    --v8:#e8703a;--v9:#c98500}
    @media (prefers-color-scheme:dark){:root{--back:#15181b;--card:#1e2226;--ink:#e9e7e2;--quiet:#a4abb3;
    --rule:#353b41;--first:#56c5c4;--second:#f2975c;--good:#74cf94;--bad:#f58b80;--warn:#e5b95c;
    --c0:#7fb0ee;--c1:#f29a66;--c2:#6fcf97;--c3:#f07f84;--c4:#b79af0;--c5:#cba181;--c6:#f09acb;--c7:#b4bbc4;
    --c8:#cfcf55;--c9:#5ccfe0;
    --v0:#7d5fb5;--v1:#9460b8;--v2:#ab60b8;--v3:#c261b3;--v4:#d864a8;--v5:#ea6c9a;--v6:#f47b8c;--v7:#fa917f;
    --v8:#fdb07a;--v9:#fcd98a}}

    """

  static let page = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
    @media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
    body{margin:0;background:var(--back);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",
    Roboto,"Noto Sans","DejaVu Sans",sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
    .wide{max-width:62rem;margin:0 auto;padding:0 1.25rem 4rem}
    header{padding:2.5rem 0 .5rem}
    .kicker{margin:0;color:var(--quiet);font-size:.875rem;letter-spacing:.04em}
    h1{font-size:clamp(1.6rem,5vw,2.4rem);line-height:1.15;margin:.2rem 0 .8rem;letter-spacing:-.015em}
    h2{font-size:1.35rem;line-height:1.25;margin:0 0 .35rem;letter-spacing:-.01em}
    h3{font-size:1rem;margin:1.6rem 0 .5rem}
    p{margin:.4rem 0 .9rem;max-width:44rem}
    .lead{font-size:1.15rem;line-height:1.5}
    section{border-top:1px solid var(--rule);padding:1.6rem 0 .6rem;margin-top:1.4rem}
    nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;padding:0;margin:1rem 0 0;
    font-size:.925rem}
    a{color:var(--first);text-underline-offset:.2em}
    nav a{display:inline-block;padding:.25rem 0}
    :focus-visible{outline:3px solid var(--first);outline-offset:2px;border-radius:3px}
    .skip{position:absolute;left:-999rem}
    .skip:focus{left:1rem;top:1rem;background:var(--back);padding:.4rem .8rem;z-index:9}
    .quiet,figcaption,.legend,caption{color:var(--quiet)}
    figure{margin:1rem 0}
    figcaption{font-size:.9rem;margin-top:.3rem;max-width:44rem}
    footer{border-top:1px solid var(--rule);margin-top:2.5rem;padding-top:.8rem;color:var(--quiet);
    font-size:.875rem}
    code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.875rem}
    pre{background:var(--card);padding:.8rem 1rem;border-radius:6px;white-space:pre-wrap;max-height:24rem;
    overflow:auto;margin:.5rem 0}
    summary{cursor:pointer;color:var(--first);width:fit-content;padding:.2rem 0}

    """

  static let parts = """
    table{border-collapse:collapse;font-size:.925rem;margin:.6rem 0 1rem}
    caption{text-align:left;min-width:16rem;font-size:.9rem;padding-bottom:.3rem}
    th,td{text-align:left;padding:.28rem .9rem .28rem 0;border-bottom:1px solid var(--rule);
    vertical-align:baseline;font-weight:400}
    thead th{color:var(--quiet);font-size:.85rem}
    .n{text-align:right}
    td.n,th.n{white-space:nowrap;overflow-wrap:normal}
    tbody th{font-weight:400}
    .scroll{overflow-x:auto}
    .scroll th,.scroll td{overflow-wrap:break-word}
    .verdict{font-size:1.25rem;line-height:1.4;margin:.6rem 0 1rem;padding-left:.9rem;border-left:4px solid}
    .verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}
    .bars{width:100%;max-width:44rem}
    .bars td,.bars th{border:0;padding:.18rem .8rem .18rem 0;vertical-align:middle}
    .bars th{width:1%;min-width:9.5rem;overflow-wrap:break-word}
    .bars .n{width:1%}
    .bars .track{padding-right:.5rem}
    .track div{height:1.05rem;min-width:2px;border-radius:2px;background:var(--quiet);opacity:.55}
    .first .track div{background:var(--first);opacity:1}
    .track .cut{clip-path:polygon(0 0,calc(100% - .7rem) 0,100% 50%,calc(100% - .7rem) 100%,0 100%)}
    .blamed th,.blamed td{font-weight:650}
    .blamed th{box-shadow:inset 3px 0 var(--bad);padding-left:.5rem}
    .heat td{padding:.28rem .55rem;border-bottom:0}
    .up1{background:rgb(11 107 117 / .12)}.up2{background:rgb(11 107 117 / .24)}
    .up3{background:rgb(11 107 117 / .36)}.up4{background:rgb(11 107 117 / .48)}
    .down1{background:rgb(179 66 12 / .1)}.down2{background:rgb(179 66 12 / .2)}
    .down3{background:rgb(179 66 12 / .3)}.down4{background:rgb(179 66 12 / .4)}
    @media (prefers-color-scheme:dark){.up1{background:rgb(86 197 196 / .1)}
    .up2{background:rgb(86 197 196 / .2)}.up3{background:rgb(86 197 196 / .3)}
    .up4{background:rgb(86 197 196 / .4)}
    .down1{background:rgb(242 151 92 / .1)}.down2{background:rgb(242 151 92 / .2)}
    .down3{background:rgb(242 151 92 / .3)}.down4{background:rgb(242 151 92 / .4)}}
    .first th,.first .n{font-weight:650}
    .findings{padding:0;margin:1rem 0;list-style:none;display:grid;gap:.7rem}
    .findings li{background:var(--card);border-radius:6px;padding:.7rem 1rem}
    .findings p{margin:.15rem 0}
    .fault strong{color:var(--bad)}.warning strong{color:var(--warn)}
    .samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--side)),1fr));
    gap:1.1rem .9rem;margin:.6rem 0 1.2rem;padding:0;list-style:none}
    .samples>li{min-width:0;font-size:.85rem;line-height:1.35}
    .samples img{display:block;margin-bottom:3px}
    .samples p{margin:.15rem 0}
    .samples .note{display:block}
    .samples table{font-size:.82rem;width:100%;margin:.2rem 0}
    .samples td,.samples th{padding:.15rem .35rem .15rem 0}
    .samples .blamed th{padding-left:.5rem}
    audio{width:100%;height:2.2rem;margin:.15rem 0}
    img{image-rendering:pixelated;max-width:100%;height:auto;background:var(--card)}
    img.smooth{image-rendering:auto}
    .facts{display:grid;grid-template-columns:minmax(6rem,12rem) 1fr;gap:.3rem 1rem;margin:.8rem 0}
    .facts dt{color:var(--quiet)}.facts dd{margin:0;min-width:0}
    .steps{display:grid;gap:.5rem;margin:.6rem 0 1.2rem;padding:0;list-style:none}
    .option{white-space:nowrap}
    @media (max-width:34rem){.bars,.bars caption,.bars tbody{display:block}
    .bars tr{display:grid;grid-template-columns:1fr auto auto;padding-bottom:.35rem}
    .bars th{width:auto;min-width:0}.bars .n{width:auto}
    .bars .track{grid-column:1/-1;grid-row:2;padding-right:0}
    .facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.5rem}}
    .two{display:flex;flex-wrap:wrap;gap:0 3.5rem}
    .two>*{min-width:0;max-width:100%}

    """

  static let charts = """
    .chart{display:block;width:100%;overflow:visible;font:12px system-ui,-apple-system,"Segoe UI",Roboto,
    "Noto Sans","DejaVu Sans",sans-serif}
    .chart text{fill:var(--ink)}
    .chart .tick{fill:var(--quiet)}
    .chart .end{text-anchor:end}.chart .middle{text-anchor:middle}
    .chart .label{paint-order:stroke;stroke:var(--back);stroke-width:3px;stroke-linejoin:round}
    .grid{stroke:var(--rule);stroke-width:1}
    .base{stroke:var(--quiet);stroke-width:1}
    line.mark{stroke:var(--quiet);stroke-width:1;stroke-dasharray:3 3}
    circle.mark{fill:var(--back);stroke:var(--first);stroke-width:2}
    .line{fill:none;stroke-width:2;vector-effect:non-scaling-stroke;stroke-linejoin:round}
    .line.thin{stroke-width:1.5}
    .line.first{stroke:var(--first)}.line.second{stroke:var(--second)}.line.quiet{stroke:var(--quiet)}
    .line.third{stroke:var(--c4);stroke-dasharray:5 3}
    .line.points{stroke-linecap:round;stroke-width:5}
    .fill{fill:var(--first);opacity:.16}
    .bar{fill:var(--first)}
    .post{stroke:var(--first);stroke-width:1.5;opacity:.5}
    .post.code{stroke:var(--second);stroke-width:3;opacity:1}
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:.9rem;margin:.4rem 0}
    .key::before{content:"";display:inline-block;width:1.4em;height:0;border-top:3px solid;margin-right:.45em;
    vertical-align:.28em}
    .key.first::before{border-color:var(--first)}.key.second::before{border-color:var(--second)}
    .key.quiet::before{border-color:var(--quiet)}
    .key.third::before{border-color:var(--c4);border-top-style:dashed}
    .points .p{fill:var(--first);fill-opacity:.72}
    .choice{border:0;padding:0;margin:.5rem 0;display:flex;flex-wrap:wrap;gap:.2rem 1rem;font-size:.9rem}
    .choice legend{float:left;padding:0;margin-right:1rem;color:var(--quiet)}
    .choice label{cursor:pointer}
    .choice input{accent-color:var(--first);margin:0 .25em 0 0;vertical-align:-.1em}
    .swatch{display:inline-block;width:.8em;height:.8em;border-radius:50%;margin-right:.35em;
    background:var(--quiet)}
    .scale .swatch{border-radius:0;width:1.1em;margin:0}
    .scale{font-size:.9rem;color:var(--quiet)}
    .scatter{position:relative}
    .scatter:not(.levels) .scale{display:none}
    .scatter:has(.by-level:checked) .scale{display:block}
    .atlas[hidden]{display:none}
    .peek{position:absolute;pointer-events:none;background:var(--card);border:1px solid var(--rule);z-index:5;
    border-radius:6px;padding:.4rem .5rem;font-size:.85rem;max-width:16rem;box-shadow:0 2px 10px #0003}
    .peek i{display:block;image-rendering:pixelated;background-repeat:no-repeat;margin-bottom:.3rem}
    circle.here{stroke:var(--ink);stroke-width:2.5}
    \(groups)\(levels)
    """

  /// A rule for every colour of a class, and for every class that is singled out.
  private static let groups = (0..<ScatterPlot.colours).map { index in
    ".p.c\(index){fill:var(--c\(index))}.swatch.c\(index){background:var(--c\(index))}\n"
      + ".scatter:has(.only-\(index):checked) .p:not(.c\(index)){fill-opacity:.06}\n"
  }.joined()

  private static let levels = (0..<Palette.levels).map { index in
    ".levels .p.v\(index),.scatter:has(.by-level:checked) .p.v\(index){fill:var(--v\(index))}\n"
      + ".swatch.v\(index){background:var(--v\(index))}\n"
  }.joined()

  static let print = """
    @media print{:root{color-scheme:light}body{font-size:11pt}.wide{max-width:none;padding:0}
    nav,.skip,.choice,audio,summary{display:none}figure,tr,li,h2,h3{break-inside:avoid}
    h2,h3{break-after:avoid}section{margin-top:.6rem}}

    """
}
