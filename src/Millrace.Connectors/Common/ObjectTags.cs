using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>
/// The tags of a schema for the objects that hold its rows, the most important first. Objects take few tags, so columns are
/// named by their classification and not the other way round: <c>classification.pii = email phone</c>.
/// </summary>
internal static class ObjectTags
{
    private const int LongestValue = 200;

    // Who asks for an object's tags asks for these first.
    private static readonly string[] First = [DataTags.DefaultProperty, "governance.owner", "governance.asset", "governance.regulations", "governance.retention_days"];

    public static IReadOnlyList<KeyValuePair<string, string>> Of(Schema schema) => Of(DataTags.Of(schema));

    public static IReadOnlyList<KeyValuePair<string, string>> Of(DataTags tags)
    {
        if (tags.IsEmpty)
        {
            return [];
        }

        IEnumerable<KeyValuePair<string, string>> columns = tags.Fields.GroupBy(f => f.Value, f => f.Key, StringComparer.Ordinal)
            .OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => KeyValuePair.Create($"{DataTags.Classification}.{g.Key}", Joined([.. g])));
        KeyValuePair<string, string>[] whole = [.. (tags with { Fields = tags.Fields.Clear() }).Properties];
        return [.. First.SelectMany(name => whole.Where(w => w.Key == name)), .. columns, .. whole.Where(w => !First.Contains(w.Key))];
    }

    // A list that is cut off would say that the rest is harmless.
    private static string Joined(string[] columns)
        => string.Join(' ', columns) is { Length: <= LongestValue } all ? all : string.Create(CultureInfo.InvariantCulture, $"{columns.Length} columns");
}
