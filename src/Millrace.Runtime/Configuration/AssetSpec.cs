using System.ComponentModel;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// A data contract in the shape of the Open Data Contract Standard 3.0.2, as far as loading needs it; what else the
/// standard allows is kept and not looked at.
/// </summary>
public sealed record AssetSpec
{
    [Description("Version of the standard.")]
    [OptionExample("v3.0.2")]
    public string ApiVersion { get; init; } = "v3.0.2";

    [Description("Always DataContract.")]
    [OptionValues("DataContract")]
    public string Kind { get; init; } = "DataContract";

    [Description("Name of the asset.")]
    public required string Name { get; init; }

    [Description("Version of the contract.")]
    public string Version { get; init; } = "1.0.0";

    [Description("Life cycle: proposed, draft, active, deprecated or retired.")]
    [OptionValues("proposed", "draft", "active", "deprecated", "retired")]
    public string Status { get; init; } = "active";

    [Description("Business domain.")]
    public string? Domain { get; init; }

    [Description("Tenant that the asset belongs to.")]
    public string? Tenant { get; init; }

    [Description("What the asset is.")]
    public OptionNode? Description { get; init; }

    [Description("The columns, in order.")]
    public required IReadOnlyList<AssetColumn> Schema { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());
}

/// <summary>A column of a contract.</summary>
public sealed record AssetColumn
{
    [Description("Name of the column.")]
    public required string Name { get; init; }

    [Description("Type. See docs/reference/types.md.")]
    [OptionExample("decimal(12,2)")]
    public DataType? Type { get; init; }

    [Description("Type in the words of the standard, used when `type` is absent: string, date, timestamp, time, number, integer, boolean, object or array.")]
    [OptionValues("string", "date", "timestamp", "time", "number", "integer", "boolean", "object", "array")]
    public string? LogicalType { get; init; }

    [Description("Whether every row has a value.")]
    public bool Required { get; init; }

    [Description("Whether no two rows have the same value.")]
    public bool Unique { get; init; }

    [Description("Sensitivity, for example public, internal, confidential or pii.")]
    public string? Classification { get; init; }

    [Description("What the column holds.")]
    public string? Description { get; init; }

    [Description("Form of the values, for example email.")]
    public string? Format { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());

    /// <summary>The column's type; null when the contract leaves it to the source.</summary>
    internal DataType? ResolveType() => Type ?? LogicalType?.ToLowerInvariant() switch
    {
        "string" => DataType.Utf8,
        "date" => DataType.Date,
        "timestamp" => DataType.Timestamp(),
        "time" => DataType.Time(),
        "number" => DataType.Float64,
        "integer" => DataType.Int64,
        "boolean" => DataType.Boolean,
        _ => null,
    };
}
