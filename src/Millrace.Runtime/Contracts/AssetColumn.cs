using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;
using DataType = Millrace.Columnar.DataType;

namespace Millrace.Runtime.Contracts;

/// <summary>A column of a contract, with the rules that its values keep. A row without a value breaks none but `required`.</summary>
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

    [Description("Whether no two rows of a run have the same value.")]
    public bool Unique { get; init; }

    [Description("Whether the column is part of the key.")]
    public bool PrimaryKey { get; init; }

    [Description("Least value, of numbers, dates and times.")]
    [OptionAnyScalar]
    public string? Min { get; init; }

    [Description("Greatest value, of numbers, dates and times.")]
    [OptionAnyScalar]
    public string? Max { get; init; }

    [Description("Whether `min` itself is too little.")]
    public bool ExclusiveMin { get; init; }

    [Description("Whether `max` itself is too much.")]
    public bool ExclusiveMax { get; init; }

    [Description("Least number of characters.")]
    [Range(0, int.MaxValue)]
    public int? MinLength { get; init; }

    [Description("Most characters.")]
    [Range(0, int.MaxValue)]
    public int? MaxLength { get; init; }

    [Description("Regular expression that is found in every value; ^ and $ tie it to the ends.")]
    [OptionExample("^[A-Z]{3}-[0-9]+$")]
    public string? Pattern { get; init; }

    [Description("The values that there can be.")]
    [OptionExample("[open, paid, shipped]")]
    public IReadOnlyList<string>? Enum { get; init; }

    [Description("Another dataset that has every value of the column.")]
    [OptionExample("{location: customers.parquet, column: id}")]
    public ForeignSpec? Foreign { get; init; }

    [Description("Quality rules about all values together.")]
    [OptionExample("[{rule: nullValues, mustBeLessThan: 5, unit: percent}]")]
    public IReadOnlyList<QualitySpec> Quality { get; init; } = [];

    [Description("Form of the values: email, uuid, uri, hostname, ipv4 or ipv6 are checked, others are words for people.")]
    public string? Format { get; init; }

    [Description("Sensitivity, for example public, internal, confidential or pii. `proposed:…` is a proposal that nobody decided on, and has no effect.")]
    public string? Classification { get; init; }

    [Description("What the column holds.")]
    public string? Description { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());

    /// <summary>The column's type; null when the contract leaves it to the source.</summary>
    internal DataType? ResolveType() => Type ?? LogicalType?.ToLowerInvariant() switch
    {
        "string" => DataType.Utf8,
        "date" => Format?.Contains("HH", StringComparison.Ordinal) == true ? DataType.Timestamp() : DataType.Date,
        "timestamp" => DataType.Timestamp(),
        "time" => DataType.Time(),
        "number" => DataType.Float64,
        "integer" => DataType.Int64,
        "boolean" => DataType.Boolean,
        _ => null,
    };

    /// <summary>Whether values of the column may stand in messages.</summary>
    internal bool IsShowable => Classification is null or "" || Classification.Equals("public", StringComparison.OrdinalIgnoreCase) || Classification.Equals("internal", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Another dataset with the values that a column can have.</summary>
public sealed record ForeignSpec
{
    [Description("Path or URL of the dataset.")]
    [OptionExample("customers.parquet")]
    public required string Location { get; init; }

    [Description("Its column. Default: the one of the same name.")]
    public string? Column { get; init; }

    [Description("Its stream, where the source has several.")]
    public string? Stream { get; init; }
}
