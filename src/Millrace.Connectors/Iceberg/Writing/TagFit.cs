using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>
/// Brings what a job says about its data into a table: properties, and comments of columns. The table remembers, in a property for
/// each job, what that job has set; only this is changed and removed later, and only as long as nobody else has changed it.
/// </summary>
internal sealed class TagFit
{
    private const string MarkPrefix = "millrace.tags.";

    // Marks, among what was set, the comment of a column.
    private const string DocPrefix = "doc:";

    private readonly TableMetadata _table;
    private readonly string _markName;
    private readonly SortedDictionary<string, string> _set = new(StringComparer.Ordinal);
    private readonly List<string> _removed = [];
    private readonly List<string> _foreign = [];
    private readonly string? _mark;

    /// <param name="table">The table as it is.</param>
    /// <param name="rows">Columns of the rows, with what the job says.</param>
    /// <param name="job">Name of the job, as the table knows it.</param>
    /// <param name="own">Properties that the job gives by name, which are not its tags'.</param>
    public TagFit(TableMetadata table, Schema rows, string job, IReadOnlyDictionary<string, string> own)
    {
        _table = table;
        _markName = MarkPrefix + job;
        Dictionary<string, string> before = Parse(table.Properties.GetValueOrDefault(_markName));
        SortedDictionary<string, string> said = Said(rows, own);
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in said)
        {
            string? found = Found(name);
            bool isOurs = before.TryGetValue(name, out string? earlier) && earlier == found;
            if (found == value)
            {
                // A comment that says the same is taken for ours: the job may have made the column.
                if (isOurs || IsDoc(name))
                {
                    kept[name] = value;
                }
            }
            else if ((found is null || isOurs) && (!IsDoc(name) || table.Schema.Find(Column(name)) is not null))
            {
                _set[name] = kept[name] = value;
            }
            else if (!IsDoc(name))
            {
                _foreign.Add($"'{name}' is '{found}' and not '{value}'");
            }
        }

        // What the job has come to give by name is nobody's tag any more, and stays.
        _removed.AddRange(before.Where(b => !said.ContainsKey(b.Key) && !own.ContainsKey(b.Key) && Found(b.Key) == b.Value).Select(b => b.Key));
        _mark = Written(kept);
    }

    /// <summary>What the job says otherwise than somebody else whose word stays.</summary>
    public IReadOnlyList<string> Foreign => _foreign;

    public bool HasChanges => _set.Count > 0 || _removed.Count > 0 || _mark != _table.Properties.GetValueOrDefault(_markName);

    /// <summary>Properties of a new table, with the mark of the job.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfNew(Schema rows, string job, IReadOnlyDictionary<string, string> own)
    {
        SortedDictionary<string, string> said = Said(rows, own);
        foreach (KeyValuePair<string, string> tag in said.Where(t => !IsDoc(t.Key)))
        {
            yield return tag;
        }

        if (Written(said) is { } mark)
        {
            yield return KeyValuePair.Create(MarkPrefix + job, mark);
        }
    }

    public TableChange Change()
    {
        var requirements = new List<MetadataRequirement>();
        var updates = new List<MetadataUpdate>();
        TableSchema described = Described();
        if (!described.SameColumns(_table.Schema))
        {
            requirements.Add(new MetadataRequirement.CurrentSchemaIs(_table.CurrentSchemaId));
            updates.Add(new MetadataUpdate.AddSchema(described, _table.LastColumnId));
            updates.Add(new MetadataUpdate.SetCurrentSchema(null));
        }

        ImmutableSortedDictionary<string, string> properties = _set.Where(s => !IsDoc(s.Key)).ToImmutableSortedDictionary(StringComparer.Ordinal);
        string[] removed = [.. _removed.Where(r => !IsDoc(r))];
        if (_mark is null)
        {
            removed = _table.Properties.ContainsKey(_markName) ? [.. removed, _markName] : removed;
        }
        else
        {
            properties = properties.SetItem(_markName, _mark);
        }

        if (properties.Count > 0)
        {
            updates.Add(new MetadataUpdate.SetProperties(properties));
        }

        if (removed.Length > 0)
        {
            updates.Add(new MetadataUpdate.RemoveProperties(removed));
        }

        return new TableChange(requirements, updates);
    }

    private TableSchema Described()
    {
        var update = new SchemaUpdate(_table.Schema, _table.LastColumnId);
        foreach ((string name, string value) in _set.Where(s => IsDoc(s.Key)))
        {
            update.Describe(Column(name), value);
        }

        foreach (string name in _removed.Where(IsDoc))
        {
            update.Describe(Column(name), null);
        }

        return update.Result;
    }

    private string? Found(string name) => IsDoc(name) ? _table.Schema.Find(Column(name))?.Doc : _table.Properties.GetValueOrDefault(name);

    private static SortedDictionary<string, string> Said(Schema rows, IReadOnlyDictionary<string, string> own)
    {
        var said = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in DataTags.Of(rows).Properties)
        {
            if (!own.ContainsKey(name))
            {
                said[name] = value;
            }
        }

        foreach (Field field in rows.Fields)
        {
            if (field.Metadata.GetValueOrDefault(FieldMetadata.Comment) is { Length: > 0 } comment)
            {
                said[DocPrefix + field.Name] = comment;
            }
        }

        return said;
    }

    private static bool IsDoc(string name) => name.StartsWith(DocPrefix, StringComparison.Ordinal);

    private static string Column(string name) => name[DocPrefix.Length..];

    private static string? Written(SortedDictionary<string, string> set) => set.Count == 0 ? null : new JsonObject(set.Select(s => KeyValuePair.Create(s.Key, (JsonNode?)s.Value))).ToJsonString();

    // Whoever has changed the mark has taken what it says over.
    private static Dictionary<string, string> Parse(string? mark)
    {
        var set = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            foreach ((string name, JsonNode? value) in (mark is null ? null : JsonNode.Parse(mark) as JsonObject) ?? [])
            {
                if (value is JsonValue text && text.TryGetValue(out string? was))
                {
                    set[name] = was;
                }
            }
        }
        catch (JsonException)
        {
            set.Clear();
        }

        return set;
    }
}
