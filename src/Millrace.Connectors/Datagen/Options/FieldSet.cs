using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>The bound options of the columns that have any, in the order written.</summary>
internal sealed class FieldSet
{
    private readonly Dictionary<string, NamedField> _byName = new(StringComparer.OrdinalIgnoreCase);

    private FieldSet()
    {
    }

    public IReadOnlyCollection<NamedField> All => _byName.Values;

    public NamedField? Find(string column) => _byName.GetValueOrDefault(column);

    /// <summary>Binds the options; all faults together are one error.</summary>
    public static FieldSet Bind(OptionMap fields)
    {
        var set = new FieldSet();
        var faults = new OptionFaults();
        foreach (OptionEntry entry in fields.Entries)
        {
            if (BindOne(entry, faults) is not { } options)
            {
                continue;
            }

            if (!set._byName.TryAdd(entry.Name, new NamedField(entry.Name, options, entry.NamePlace)))
            {
                faults.Add(SdkErrors.DuplicateOption, $"The column '{entry.Name}' stands twice under `fields`.", entry.NamePlace);
            }
        }

        faults.ThrowIfAny();
        return set;
    }

    // `id: sequence` says the same as `id: {kind: sequence}`.
    private static FieldOptions? BindOne(OptionEntry entry, OptionFaults faults)
    {
        OptionScalar? kind = (entry.Value as OptionMap)?[FieldKinds.Key] as OptionScalar ?? entry.Value as OptionScalar;
        string kinds = string.Join(", ", FieldKinds.Choices.Keys);
        if (kind is null)
        {
            faults.Add(SdkErrors.MissingOption, $"The field '{entry.Name}' has no `kind`.", entry.Value.Place, $"Kinds: {kinds}.");
            return null;
        }

        if (!FieldKinds.Choices.TryGetValue(kind.Text, out Type? record))
        {
            faults.Add(SdkErrors.InvalidOption, $"The field '{entry.Name}' is of no kind '{kind.Text}'{NearestName.Suggest(kind.Text, FieldKinds.Choices.Keys)}.", kind.Place, $"Kinds: {kinds}.");
            return null;
        }

        int before = faults.All.Count;
        OptionMap rest = entry.Value is OptionMap map ? map.Where(e => e.Name != FieldKinds.Key) : new OptionMap(entry.Value.Place);
        var options = (FieldOptions)OptionBinder.Bind(record, rest, faults);
        return faults.All.Count == before ? options : null;
    }
}

/// <param name="Column">Name of the column.</param>
/// <param name="Options">Its kind and what is set of it.</param>
/// <param name="Place">Where it was written.</param>
internal sealed record NamedField(string Column, FieldOptions Options, ErrorPlace Place);
