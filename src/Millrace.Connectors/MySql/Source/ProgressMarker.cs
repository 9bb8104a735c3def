using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Common;
using Millrace.Sdk;

namespace Millrace.Connectors.MySql;

/// <summary>Makes positions for a reader, from columns that it asks for behind those of the schema.</summary>
internal abstract class ProgressMarker
{
    /// <summary>Number of columns asked for to this end.</summary>
    public virtual int Columns => 0;

    /// <summary>The position behind the rows last found.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="first">First of the columns that are there for this.</param>
    /// <param name="done">Rows of the split so far.</param>
    public abstract Position Behind(RowStream rows, int first, long done);

    /// <summary>A value of the last row; null for NULL.</summary>
    protected static string? Last(RowStream rows, int column)
    {
        FieldRun run = rows.Field(column);
        int last = run.Count - 1;
        return run.IsNull(last) ? null : Encoding.UTF8.GetString(run[last]);
    }
}

/// <summary>Counts rows, where nothing goes on from a position.</summary>
internal sealed class CountMarker(string split) : ProgressMarker
{
    public override Position Behind(RowStream rows, int first, long done) => new(new JsonObject { ["v"] = 1, ["split"] = split, ["rows"] = done });
}

/// <summary>Remembers the key of the last row.</summary>
internal sealed class KeyMarker(KeyOrder order) : ProgressMarker
{
    public override int Columns => order.Count;

    public override Position Behind(RowStream rows, int first, long done) => new(new JsonObject
    {
        ["v"] = 1,
        ["key"] = new JsonArray([.. Enumerable.Range(first, order.Count).Select(c => (JsonNode)Last(rows, c)!)]),
    });

    /// <summary>The key of a position; null for a position of another kind.</summary>
    public static IReadOnlyList<string>? KeyOf(Position position, KeyOrder order)
        => position.Value["key"] is JsonArray key && key.Count == order.Count ? [.. key.Select(k => (string)k!)] : null;
}
