using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Examples.Notebook;

/// <summary>Reads the rows of a page from one of them on.</summary>
internal sealed class PageReader(Page page, string name, Schema schema, int batchRows, int row) : ISplitReader
{
    /// <summary>Member of a position: rows of the page that are read.</summary>
    public const string RowKey = "row";

    private readonly int[] _columns = [.. schema.Fields.Select(f => page.Schema.IndexOf(f.Name))];
    private int _row = row;

    public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        int count = Math.Min(batchRows, page.Lines.Count - _row);
        if (count <= 0)
        {
            return new((SplitBatch?)null);
        }

        RecordBatch batch = Build(count);
        _row += count;
        return new(new SplitBatch(batch, new Position(new JsonObject { [RowKey] = _row })));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private RecordBatch Build(int count)
    {
        string?[][] rows = [.. Enumerable.Range(_row, count).Select(Parse)];
        var columns = new Column[schema.Count];
        int made = 0;
        try
        {
            for (; made < columns.Length; made++)
            {
                columns[made] = BuildColumn(rows, _columns[made], schema[made]);
            }

            return new RecordBatch(schema, count, columns);
        }
        catch
        {
            // A batch owns its columns; until there is one, they are ours.
            for (int i = 0; i < made; i++)
            {
                columns[i].Dispose();
            }

            throw;
        }
    }

    private Column BuildColumn(string?[][] rows, int column, Field field)
    {
        using var texts = new BinaryBuilder(DataType.Utf8, rows.Length);
        foreach (string?[] row in rows)
        {
            if (column >= 0 && row[column] is { } text)
            {
                texts.Append(text);
            }
            else
            {
                texts.AppendNull();
            }
        }

        using Column built = texts.Build();
        CastResult cast = Cast.To(built, field.Type);
        if (cast.Failures is [var failure, ..])
        {
            cast.Column.Dispose();
            throw NotebookErrors.Damaged(name, $"holds a value that does not fit column '{field.Name}': {failure.Message}");
        }

        return cast.Column;
    }

    private string?[] Parse(int index)
    {
        try
        {
            string?[]? row = JsonSerializer.Deserialize<string?[]>(page.Lines[index]);
            return row?.Length == page.Schema.Count ? row : throw NotebookErrors.Damaged(name, $"has {row?.Length ?? 0} values in row {index + 1}; its first line names {page.Schema.Count} columns");
        }
        catch (JsonException e)
        {
            throw NotebookErrors.Damaged(name, $"has a row {index + 1} that is no JSON array of texts", e);
        }
    }
}
