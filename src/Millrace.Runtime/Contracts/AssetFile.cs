using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Reads contracts, in the short form and in that of the standard.</summary>
public static class AssetFile
{
    /// <summary>Reads a contract and throws for all its faults.</summary>
    /// <param name="path">Path of the file; behind a # the name of one of several objects.</param>
    /// <param name="variables">Values of <c>${NAME}</c>.</param>
    public static AssetSpec Load(string path, VariableExpander? variables = null)
    {
        var faults = new OptionFaults();
        AssetSpec? asset = Read(path, variables ?? VariableExpander.FromEnvironment, faults);
        faults.ThrowIfAny();
        return asset!;
    }

    /// <summary>Reads a contract; null, or one that is not to be used, where there are faults.</summary>
    internal static AssetSpec? Read(string path, VariableExpander variables, OptionFaults faults)
    {
        int hash = path.LastIndexOf('#');
        string file = hash > 0 && !File.Exists(path) ? path[..hash] : path;
        return Bind(YamlFile.Read(file, variables.Keeping(QualityQuery.Placeholders)), file.Length < path.Length ? path[(hash + 1)..] : null, faults);
    }

    /// <summary>Binds a contract that was parsed already.</summary>
    internal static AssetSpec? Bind(OptionMap root, string? name, OptionFaults faults)
    {
        OptionMap? native = OdcsImport.IsStandard(root) ? OdcsImport.ToShort(root, name, faults) : root;
        if (native is null)
        {
            return null;
        }

        AssetSpec asset = OptionBinder.Bind<AssetSpec>(native, faults);
        if (ReferenceEquals(native, root))
        {
            if (name is not null && asset.Name is not null && name != asset.Name)
            {
                faults.Add(ContractErrors.NoObject, $"The contract has no object '{name}': it is the one of '{asset.Name}'.", root.Place);
            }

            RefuseSlips(asset.Others, typeof(AssetSpec), faults);
            foreach (AssetColumn column in asset.Schema ?? [])
            {
                RefuseSlips(column.Others, typeof(AssetColumn), faults);
            }
        }

        if (asset.Schema is not null)
        {
            Check(asset, native, faults);
        }

        return asset;
    }

    // What the standard allows is kept. A name one slip away from a rule's is that rule, and would be held by nobody.
    private static void RefuseSlips(OptionMap others, Type record, OptionFaults faults)
    {
        IEnumerable<string> known = OptionInfo.Of(record).Where(o => !o.IsRest).Select(o => o.Name);
        foreach (OptionEntry entry in others.Entries)
        {
            if (entry.Name.Length > 2 && NearestName.Find(entry.Name, known) is { } meant)
            {
                faults.Add(SdkErrors.UnknownOption, $"There is no option '{entry.Name}' (did you mean '{meant}'?).", entry.NamePlace, "Mend the name; what contracts say beyond the options goes under `customProperties`.");
            }
        }
    }

    private static void Check(AssetSpec asset, OptionMap root, OptionFaults faults)
    {
        CheckQuality(asset.Quality, null, root, faults);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var columns = root["schema"] as OptionList;
        for (int i = 0; i < asset.Schema.Count; i++)
        {
            AssetColumn column = asset.Schema[i];
            ErrorPlace place = columns is not null && i < columns.Items.Count ? columns.Items[i].Place : root.Place;
            if (column.Name is not null && !names.Add(column.Name))
            {
                faults.Add(ConfigurationErrors.DuplicateColumn, $"Two columns of the contract are named '{column.Name}'.", place);
            }

            CheckQuality(column.Quality, column, columns is not null && i < columns.Items.Count ? columns.Items[i] as OptionMap : null, faults);
            if (column.Name is not null && column.ResolveType() is { } type)
            {
                try
                {
                    foreach (ContractRule rule in ContractRules.Of(column, type))
                    {
                        _ = rule.Name;
                    }
                }
                catch (MillraceException e) when (e.Code == ContractErrors.InvalidRule)
                {
                    faults.Add(e.At(place));
                }
            }
        }
    }

    private static void CheckQuality(IReadOnlyList<QualitySpec> rules, AssetColumn? column, OptionMap? owner, OptionFaults faults)
    {
        var places = owner?["quality"] as OptionList;
        for (int i = 0; i < rules.Count; i++)
        {
            ErrorPlace place = places is not null && i < places.Items.Count ? places.Items[i].Place : owner?.Place ?? new ErrorPlace();
            RefuseSlips(rules[i].Others, typeof(QualitySpec), faults);
            try
            {
                QualityRules.Check(rules[i], column);
            }
            catch (MillraceException e) when (e.Code == ContractErrors.InvalidRule)
            {
                faults.Add(e.At(place));
            }
        }
    }
}
