using Spectre.Console;

namespace Millrace.Cli;

/// <summary>Prints rows as a table. Cells are cut at a width, and columns that do not fit the terminal are named below it.</summary>
internal static class TablePrinter
{
    private const int MaxCell = 40;

    // Piped output has no width; this one suits a mail or a log.
    private const int PipedWidth = 160;

    /// <param name="names">Head: names of the columns.</param>
    /// <param name="types">Second line of the head.</param>
    /// <param name="rows">Rows, each a cell per column.</param>
    /// <param name="alignRight">Columns whose cells stand on the right.</param>
    /// <param name="footer">A last row below a line; null for none.</param>
    public static void Print(string[] names, string[] types, IReadOnlyList<string[]> rows, bool[] alignRight, string[]? footer = null)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Console.Out),
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        if (Console.IsOutputRedirected)
        {
            console.Profile.Width = PipedWidth;
        }

        var table = new Table { Border = TableBorder.Rounded };
        int shown = CountFitting(names, types, rows, footer, console.Profile.Width);
        for (int i = 0; i < shown; i++)
        {
            string head = $"[bold]{Markup.Escape(Fit(names[i]))}[/]\n[dim]{Markup.Escape(Fit(types[i]))}[/]";
            var column = new TableColumn(head) { NoWrap = true, Alignment = alignRight[i] ? Justify.Right : Justify.Left };
            if (footer is not null)
            {
                column.Footer($"[dim]{Markup.Escape(footer[i])}[/]");
            }

            table.AddColumn(column);
        }

        foreach (string[] row in rows)
        {
            table.AddRow([.. row.Take(shown).Select(c => Markup.Escape(Fit(c)))]);
        }

        console.Write(table);
        if (shown < names.Length)
        {
            Console.Out.WriteLine($"{Figures.Count(names.Length - shown, "more column")}: {string.Join(", ", names.Skip(shown))}");
        }
    }

    private static int CountFitting(string[] names, string[] types, IReadOnlyList<string[]> rows, string[]? footer, int width)
    {
        int used = 1;
        for (int i = 0; i < names.Length; i++)
        {
            int widest = rows.Select(r => r[i]).Concat([names[i], types[i], footer?[i] ?? ""]).Max(c => Math.Min(MaxCell, c.GetCellWidth()));
            used += widest + 3;
            if (used > width && i > 0)
            {
                return i;
            }
        }

        return names.Length;
    }

    // Control characters would break the table's lines.
    private static string Fit(string cell)
    {
        string plain = string.Concat(cell.Select(c => char.IsControl(c) ? '·' : c));
        return plain.Length > MaxCell ? plain[..(MaxCell - 1)] + "…" : plain;
    }
}
