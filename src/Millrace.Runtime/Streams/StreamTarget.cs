using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// The place of one stream in a target that is written for several: <c>{stream}</c>, <c>{schema}</c> and <c>{table}</c> stand
/// for the parts of its name, <c>raw.*</c> as a table for one of the same name, and a folder gets one for each stream.
/// </summary>
internal static class StreamTarget
{
    // Options that name a table; everywhere else a name becomes one that is good for files.
    private static readonly string[] TableOptions = ["table", "stream"];

    private const string Folder = "path";
    private const string Whole = "{stream}";
    private const string Group = "{schema}";
    private const string Last = "{table}";

    private static readonly string[] Placeholders = [Whole, Group, Last];

    /// <summary>The location of a stream.</summary>
    public static string OfLocation(string location, string stream)
    {
        Location parsed = Location.Parse(location);
        bool isUrl = parsed.Scheme.Length > 0;
        string path = Fill(parsed.Path, n => isUrl ? Uri.EscapeDataString(FileName(n)) : FileName(n), stream);
        string[] query = [.. parsed.Query.Select(q => $"{q.Key}={Uri.EscapeDataString(TableOptions.Contains(q.Key) ? Table(q.Value, stream) : Fill(q.Value, FileName, stream))}")];
        string filled = (isUrl ? $"{parsed.Scheme}://" : "") + path + (query.Length > 0 ? "?" + string.Join('&', query) : "");
        if (path == parsed.Path && query.SequenceEqual(parsed.Query.Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value)}")))
        {
            filled = path.EndsWith('/') && !parsed.Query.Any(q => TableOptions.Contains(q.Key))
                ? (isUrl ? $"{parsed.Scheme}://" : "") + path + FileName(stream) + "/" + (query.Length > 0 ? "?" + string.Join('&', query) : "")
                : throw OnePlace(location, null);
        }

        return filled;
    }

    /// <summary>The options of a stream's target.</summary>
    public static OptionMap OfOptions(OptionMap options, string stream)
    {
        bool changed = false;
        var filled = (OptionMap)Fill(options, null, stream, ref changed);
        if (changed)
        {
            return filled;
        }

        if (options[Folder] is OptionScalar { Text: var path } scalar && path.EndsWith('/'))
        {
            filled.Set(Folder, scalar with { Text = path + FileName(stream) + "/" });
            return filled;
        }

        throw OnePlace(options[Folder] is OptionScalar p ? p.Text : (options["table"] as OptionScalar)?.Text ?? "its options", options.Place);
    }

    private static MillraceException OnePlace(string target, ErrorPlace? place)
        => GroupErrors.OnePlace.Error($"The job reads several streams, and its target is one place: {target}.", place ?? new ErrorPlace { File = "target" });

    private static OptionNode Fill(OptionNode node, string? name, string stream, ref bool changed)
    {
        switch (node)
        {
            case OptionScalar scalar:
                string text = name is not null && TableOptions.Contains(name) ? Table(scalar.Text, stream) : Fill(scalar.Text, FileName, stream);
                changed |= text != scalar.Text;
                return scalar with { Text = text };
            case OptionList list:
                var items = new List<OptionNode>();
                foreach (OptionNode item in list.Items)
                {
                    items.Add(Fill(item, name, stream, ref changed));
                }

                return list with { Items = items };
            default:
                var filled = new OptionMap(node.Place) { WrittenName = node.WrittenName };
                foreach (OptionEntry entry in ((OptionMap)node).Entries)
                {
                    filled.Set(entry.Name, Fill(entry.Value, entry.Name, stream, ref changed), entry.NamePlace);
                }

                return filled;
        }
    }

    // The parts are put in without the quotes of the source: each target has its own way to quote.
    private static string Table(string text, string stream)
    {
        bool hasPlace = Placeholders.Any(p => text.Contains(p, StringComparison.Ordinal));
        if (!hasPlace && !text.Contains('*', StringComparison.Ordinal))
        {
            return text;
        }

        string[] parts = [.. StreamName.Parts(stream).Select(StreamName.Plain)];
        return StreamName.Fill(hasPlace ? text : text.Replace("*", Last, StringComparison.Ordinal), [(Whole, parts), (Group, parts[..^1]), (Last, parts[^1..])]);
    }

    private static string Fill(string text, Func<string, string> write, string stream) => text
        .Replace(Whole, write(stream), StringComparison.Ordinal)
        .Replace(Group, write(StreamName.Group(stream)), StringComparison.Ordinal)
        .Replace(Last, write(StreamName.Last(stream)), StringComparison.Ordinal);

    private static string FileName(string name) => FolderName.Of(string.Join('.', StreamName.Parts(name).Select(StreamName.Plain)));
}
