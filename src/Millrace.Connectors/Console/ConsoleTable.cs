using System.Text;
using Millrace.Columnar;

namespace Millrace.Connectors.Console;

/// <summary>Rows as lines of cells below a head. Columns are as wide as the rows of the first batch need.</summary>
internal sealed class ConsoleTable(Schema schema)
{
    private const int MaxCell = 60;

    private int[]? _widths;

    public void Append(RecordBatch batch, StringBuilder text)
    {
        string[][] columns = [.. batch.Columns.Select(Cells)];
        if (_widths is null)
        {
            _widths = [.. schema.Fields.Select((f, i) => Math.Max(f.Name.Length, columns[i].Length == 0 ? 0 : columns[i].Max(c => c.Length)))];
            Line(text, i => schema[i].Name);
            Line(text, i => new string('-', _widths[i]));
        }

        for (int row = 0; row < batch.Length; row++)
        {
            Line(text, i => columns[i][row]);
        }
    }

    private void Line(StringBuilder text, Func<int, string> cell)
    {
        for (int i = 0; i < schema.Count; i++)
        {
            string value = cell(i);
            bool last = i == schema.Count - 1;
            text.Append(i == 0 ? "" : " | ").Append(schema[i].Type.IsNumeric ? value.PadLeft(_widths![i]) : last ? value : value.PadRight(_widths![i]));
        }

        text.Append('\n');
    }

    // Control characters would break the lines.
    private static string[] Cells(Column column)
    {
        using Column texts = Cast.To(column, DataType.Utf8).Column;
        var text = (BinaryColumn)texts;
        var cells = new string[text.Length];
        for (int row = 0; row < cells.Length; row++)
        {
            string value = text.IsNull(row) ? "NULL" : string.Concat(text.GetString(row).Select(c => char.IsControl(c) ? '·' : c));
            cells[row] = value.Length > MaxCell ? value[..(MaxCell - 1)] + "…" : value;
        }

        return cells;
    }
}
