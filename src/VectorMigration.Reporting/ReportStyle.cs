namespace VectorMigration.Reporting;

/// <summary>The style of the page: light and dark, phone and paper. Contrast of every text is 4.5:1 at least (WCAG 2.1, AA).</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--ground:#ffffff;--ink:#1b1f24;--soft:#57606a;--line:#d0d7de;--panel:#f6f8fa;--mark:#0b5cad;--good:#116329;
        --goodground:#dafbe1;--bad:#a40e26;--badground:#ffebe9;--notice:#7a4d00;--noticeground:#fff8c5;--fill:#0b5cad33;--pause:#bf8700;--outage:#a40e26}
        @media (prefers-color-scheme:dark){:root{--ground:#0d1117;--ink:#e6edf3;--soft:#9da7b1;--line:#30363d;--panel:#161b22;--mark:#6cb6ff;--good:#7ee787;
        --goodground:#12261e;--bad:#ff938a;--badground:#2d1214;--notice:#f0c14b;--noticeground:#272115;--fill:#6cb6ff33;--pause:#d4a72c;--outage:#ff7b72}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:62rem;padding:1rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"Segoe UI",Roboto,sans-serif;
        overflow-wrap:anywhere}
        h1{font-size:1.4rem;line-height:1.25;margin:.2rem 0 .6rem}h2{font-size:1.1rem;margin:1.8rem 0 .5rem;border-bottom:1px solid var(--line)}
        h3{font-size:1rem;margin:1rem 0 .3rem}p{margin:.4rem 0}.soft{color:var(--soft)}.small{font-size:.875rem}
        .verdict{padding:.8rem 1rem;border:1px solid var(--line);border-left-width:.5rem;border-radius:.4rem;font-size:1.1rem;margin:.6rem 0}
        .good{color:var(--good)}.bad{color:var(--bad)}.notice{color:var(--notice)}
        .verdict.good{background:var(--goodground);border-color:var(--good)}.verdict.bad{background:var(--badground);border-color:var(--bad)}
        .verdict.notice{background:var(--noticeground);border-color:var(--notice)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.5rem;margin:.6rem 0}
        .tile{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.4rem .6rem}
        .tile b{display:block;font-size:1.15rem;font-variant-numeric:tabular-nums}.tile span{color:var(--soft);font-size:.8rem}
        .scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
        th,td{text-align:left;vertical-align:top;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--line)}th{font-weight:600;color:var(--soft)}
        td.number,th.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;overflow-wrap:normal;padding-right:1rem}
        td.word,th.word{white-space:nowrap}.scroll td:not(.number,.word){min-width:8rem}table.facts th{width:11rem}
        code,pre{font:0.85rem/1.45 ui-monospace,Consolas,Menlo,monospace}
        pre{background:var(--panel);border:1px solid var(--line);border-radius:.4rem;padding:.6rem;white-space:pre-wrap;margin:.4rem 0}
        figure{margin:.6rem 0}figcaption{color:var(--soft);font-size:.85rem}svg{display:block;width:100%;height:auto;min-width:34rem}
        svg text{fill:var(--soft);font:12px system-ui,"Segoe UI",Roboto,sans-serif}.grid{stroke:var(--line);stroke-width:1}
        .area{fill:var(--fill);stroke:none}.curve{fill:none;stroke:var(--mark);stroke-width:1.6}.bar{fill:var(--mark)}.dot{fill:var(--notice)}
        .pause{fill:var(--pause);opacity:.3}.outage{fill:var(--outage);opacity:.3}.try{fill:var(--pause)}.fail{fill:var(--outage)}
        .key{display:inline-block;width:.8rem;height:.8rem;margin:0 .3rem 0 .8rem;vertical-align:-.1rem}.key.p{background:var(--pause)}
        .key.o{background:var(--outage)}.key.v{background:var(--mark)}.key.d{background:var(--notice)}
        @media (max-width:32rem){body{padding:.6rem}table.facts th{width:7rem}h1{font-size:1.2rem}}
        @media print{:root{color-scheme:light;--ground:#fff;--ink:#000;--soft:#444;--line:#bbb;--panel:#fff;--mark:#0b5cad;--good:#116329;--goodground:#fff;
        --bad:#a40e26;--badground:#fff;--notice:#7a4d00;--noticeground:#fff}body{max-width:none;font-size:11pt}svg{min-width:0}
        .scroll{overflow:visible}h2,figure,tr{break-inside:avoid}h2{break-after:avoid}}
        """;
}
