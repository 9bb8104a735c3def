using System.Collections.Immutable;
using Millrace.Columnar;

namespace Millrace.Sdk;

/// <summary>
/// What a schema says about its data beside names and types: how sensitive columns are, who answers for them, whom they cost.
/// Sinks take it from the schema that they are given and put it where the target has a place. It travels as metadata: that of
/// a field holds its classification, that of the schema the rest, under the names of <see cref="Properties"/>.
/// </summary>
public sealed record DataTags
{
    /// <summary>Key of a field's metadata.</summary>
    public const string Classification = "classification";

    /// <summary>Name of the property with the classification of columns that have none of their own.</summary>
    public const string DefaultProperty = "classification.default";

    /// <summary>Start of the names of properties with the classification of a column.</summary>
    public const string FieldPrefix = "classification.fields.";

    /// <summary>Start of the names of properties about who answers for the data and what laws apply.</summary>
    public const string GovernancePrefix = "governance.";

    /// <summary>Start of the names of properties about whom the data costs.</summary>
    public const string FinopsPrefix = "finops.";

    /// <summary>Classification by column.</summary>
    public ImmutableSortedDictionary<string, string> Fields { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Classification of columns that have none of their own.</summary>
    public string? Default { get; init; }

    /// <summary>Who answers for the data, what laws apply, how long it is kept.</summary>
    public ImmutableSortedDictionary<string, string> Governance { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Whom the data costs.</summary>
    public ImmutableSortedDictionary<string, string> Finops { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    public bool IsEmpty => Fields.Count == 0 && Default is null && Governance.Count == 0 && Finops.Count == 0;

    /// <summary>All of it as properties of a table, by name.</summary>
    public IReadOnlyDictionary<string, string> Properties
    {
        get
        {
            var properties = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach ((string column, string value) in Fields)
            {
                properties[FieldPrefix + column] = value;
            }

            if (Default is not null)
            {
                properties[DefaultProperty] = Default;
            }

            foreach ((string name, string value) in Governance)
            {
                properties[GovernancePrefix + name] = value;
            }

            foreach ((string name, string value) in Finops)
            {
                properties[FinopsPrefix + name] = value;
            }

            return properties;
        }
    }

    /// <summary>The tags of a schema.</summary>
    public static DataTags Of(Schema schema) => new()
    {
        Fields = schema.Fields.Where(f => f.Metadata.ContainsKey(Classification)).DistinctBy(f => f.Name, StringComparer.Ordinal)
            .ToImmutableSortedDictionary(f => f.Name, f => f.Metadata[Classification], StringComparer.Ordinal),
        Default = schema.Metadata.GetValueOrDefault(DefaultProperty),
        Governance = WithPrefix(schema.Metadata, GovernancePrefix),
        Finops = WithPrefix(schema.Metadata, FinopsPrefix),
    };

    /// <summary>The tags among the properties of a table.</summary>
    public static DataTags OfProperties(IReadOnlyDictionary<string, string> properties)
    {
        ImmutableDictionary<string, string> all = properties.ToImmutableDictionary(StringComparer.Ordinal);
        return new()
        {
            Fields = WithPrefix(all, FieldPrefix),
            Default = all.GetValueOrDefault(DefaultProperty),
            Governance = WithPrefix(all, GovernancePrefix),
            Finops = WithPrefix(all, FinopsPrefix),
        };
    }

    /// <summary>The schema with these tags instead of those it has.</summary>
    public Schema ApplyTo(Schema schema)
    {
        ImmutableDictionary<string, string> metadata = schema.Metadata.RemoveRange(schema.Metadata.Keys.Where(IsTag)).SetItems(Properties);
        return new Schema(schema.Fields.Select(f => Fields.TryGetValue(f.Name, out string? value) ? f.WithMetadata(Classification, value) : f.WithoutMetadata(Classification)), metadata);
    }

    /// <summary>What a target with comments of columns writes there: the comment, and the classification if the comment does not say it; null for nothing.</summary>
    public static string? CommentOf(Field field)
    {
        string? comment = field.Metadata.GetValueOrDefault(FieldMetadata.Comment);
        string? tag = field.Metadata.TryGetValue(Classification, out string? value) ? $"{Classification}: {value}" : null;
        return tag is null ? comment : string.IsNullOrWhiteSpace(comment) ? tag : comment.Contains(Classification, StringComparison.OrdinalIgnoreCase) ? comment : $"{comment} ({tag})";
    }

    private static bool IsTag(string key)
        => key == DefaultProperty || key.StartsWith(FieldPrefix, StringComparison.Ordinal) || key.StartsWith(GovernancePrefix, StringComparison.Ordinal) || key.StartsWith(FinopsPrefix, StringComparison.Ordinal);

    private static ImmutableSortedDictionary<string, string> WithPrefix(ImmutableDictionary<string, string> metadata, string prefix)
        => metadata.Where(m => m.Key.StartsWith(prefix, StringComparison.Ordinal)).ToImmutableSortedDictionary(m => m.Key[prefix.Length..], m => m.Value, StringComparer.Ordinal);
}
