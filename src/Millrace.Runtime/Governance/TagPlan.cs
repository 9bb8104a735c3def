using System.Collections.Immutable;
using System.Globalization;
using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime.Governance;

/// <summary>Who said something about data; the later wins.</summary>
public enum TagLevel
{
    /// <summary>The source: metadata and comments of its columns.</summary>
    Source,

    /// <summary>The contract.</summary>
    Asset,

    /// <summary>The job.</summary>
    Job,
}

/// <summary>One thing that is said about data.</summary>
/// <param name="Name">Name of the property, as in <see cref="DataTags.Properties"/>.</param>
/// <param name="Value">What is said.</param>
/// <param name="Level">Who says it.</param>
public sealed record ResolvedTag(string Name, string Value, TagLevel Level);

/// <summary>What a contract and a job say about the data, to be joined with what the source says.</summary>
/// <param name="Asset">The contract; null for none.</param>
/// <param name="Classifications">What the job says of columns.</param>
/// <param name="Governance">What the job says of the whole.</param>
/// <param name="Finops">Whom the job says that the data costs.</param>
public sealed record TagPlan(AssetSpec? Asset, IReadOnlyDictionary<string, string> Classifications, IReadOnlyDictionary<string, string> Governance, IReadOnlyDictionary<string, string> Finops)
{
    // Marks what nobody has decided on.
    private const string Proposed = "proposed";

    private static readonly Dictionary<string, string> None = [];

    /// <summary>Joins the levels where neither contract nor job say anything.</summary>
    public static TagPlan OfSource { get; } = new(null, None, None, None);

    public static TagPlan Of(JobSpec job, AssetSpec? asset) => new(asset, job.ClassificationOverrides ?? None, job.GovernanceOverrides ?? None, job.Finops ?? None);

    /// <summary>Everything that is said about the columns of a schema, which carries what the source says.</summary>
    public IReadOnlyList<ResolvedTag> Resolve(Schema schema)
    {
        var tags = new SortedDictionary<string, ResolvedTag>(StringComparer.Ordinal);
        void Say(TagLevel level, string name, string? value)
        {
            if (!string.IsNullOrWhiteSpace(value))
            {
                tags[name] = new ResolvedTag(name, value, level);
            }
        }

        foreach (Field field in schema.Fields)
        {
            Say(TagLevel.Source, DataTags.FieldPrefix + field.Name, field.Metadata.GetValueOrDefault(DataTags.Classification) ?? CommentTags.Classification(field.Metadata.GetValueOrDefault(FieldMetadata.Comment)));
        }

        DataTags whole = DataTags.Of(schema) with { Fields = ImmutableSortedDictionary<string, string>.Empty };
        foreach ((string name, string value) in whole.Properties)
        {
            Say(TagLevel.Source, name, value);
        }

        if (Asset is { } asset)
        {
            SayAsset(asset, schema, Say);
        }

        foreach ((string column, string value) in Classifications)
        {
            Say(TagLevel.Job, column == "default" && schema.IndexOf(column) < 0 ? DataTags.DefaultProperty : DataTags.FieldPrefix + column, value);
        }

        foreach ((string name, string value) in Governance)
        {
            Say(TagLevel.Job, DataTags.GovernancePrefix + name, value);
        }

        foreach ((string name, string value) in Finops)
        {
            Say(TagLevel.Job, DataTags.FinopsPrefix + name, value);
        }

        return [.. tags.Values];
    }

    /// <summary>The schema with what all levels say.</summary>
    public Schema ApplyTo(Schema schema)
    {
        IReadOnlyList<ResolvedTag> resolved = Resolve(schema);
        DataTags tags = Record(resolved);
        return tags.IsEmpty ? schema : tags.ApplyTo(schema);
    }

    /// <summary>Resolved tags as the record that sinks ask for.</summary>
    public static DataTags Record(IReadOnlyList<ResolvedTag> tags)
    {
        ImmutableSortedDictionary<string, string> With(string prefix)
            => tags.Where(t => t.Name.StartsWith(prefix, StringComparison.Ordinal)).ToImmutableSortedDictionary(t => t.Name[prefix.Length..], t => t.Value, StringComparer.Ordinal);
        return new DataTags
        {
            Fields = With(DataTags.FieldPrefix),
            Default = tags.FirstOrDefault(t => t.Name == DataTags.DefaultProperty)?.Value,
            Governance = With(DataTags.GovernancePrefix),
            Finops = With(DataTags.FinopsPrefix),
        };
    }

    private static void SayAsset(AssetSpec asset, Schema schema, Action<TagLevel, string, string?> say)
    {
        foreach (AssetColumn column in asset.Schema.Where(c => schema.IndexOf(c.Name) >= 0 && c.Classification?.StartsWith(Proposed, StringComparison.OrdinalIgnoreCase) != true))
        {
            say(TagLevel.Asset, DataTags.FieldPrefix + column.Name, column.Classification);
        }

        say(TagLevel.Asset, DataTags.DefaultProperty, asset.Compliance.Classification);
        say(TagLevel.Asset, DataTags.GovernancePrefix + "owner", asset.Owner);
        say(TagLevel.Asset, DataTags.GovernancePrefix + "domain", asset.Domain);
        say(TagLevel.Asset, DataTags.GovernancePrefix + "asset", $"{asset.Name} {asset.Version}");
        say(TagLevel.Asset, DataTags.GovernancePrefix + "regulations", string.Join(',', asset.Compliance.Regulations));
        say(TagLevel.Asset, DataTags.GovernancePrefix + "retention_days", asset.Compliance.RetentionDays?.ToString(CultureInfo.InvariantCulture));
        foreach ((string name, string value) in asset.Governance ?? None)
        {
            say(TagLevel.Asset, DataTags.GovernancePrefix + name, value);
        }

        foreach ((string name, string value) in asset.Finops ?? None)
        {
            say(TagLevel.Asset, DataTags.FinopsPrefix + name, value);
        }
    }
}
