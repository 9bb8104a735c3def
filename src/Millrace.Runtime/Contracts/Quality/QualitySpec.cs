using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Who tells whether a quality rule is kept.</summary>
public enum QualityKind
{
    /// <summary>A number that is counted while rows go by, such as nullValues or rowCount.</summary>
    Library,

    /// <summary>A query over the rows.</summary>
    Sql,

    /// <summary>Words for people.</summary>
    Text,

    /// <summary>Another program, whose rule is kept and not looked at.</summary>
    Custom,
}

/// <summary>A quality rule of the standard: a number about all rows of an epoch, and what it has to be.</summary>
public sealed record QualitySpec
{
    [Description("Name in messages. Default: the column and the metric.")]
    public string? Name { get; init; }

    [Description("library, sql, text or custom. Rules of the last two are kept and not evaluated. Default library.")]
    public QualityKind? Type { get; init; }

    [Description("What is counted, for rules of type library: rowCount and duplicateValues of the whole; nullValues, missingValues, invalidValues and duplicateValues of a column.")]
    [OptionExample("nullValues")]
    public string? Rule { get; init; }

    [Description("The same as `rule`, under its newer name.")]
    public string? Metric { get; init; }

    [Description("What the metric needs to know: `missingValues`, `validValues` and `pattern` of a column, `properties` of duplicateValues of the whole.")]
    [OptionExample("{missingValues: [\"\", N/A]}")]
    public OptionNode? Arguments { get; init; }

    [Description("The values that there can be, for invalidValues; the same as in `arguments`.")]
    public IReadOnlyList<string>? ValidValues { get; init; }

    [Description("Query of one row with one number or boolean, for rules of type sql. {object} or ${table} stands for the rows, {property} or ${column} for the column.")]
    [OptionExample("SELECT count(*) FROM {object} WHERE {property} < 0")]
    public string? Query { get; init; }

    [Description("The number, or true or false of a query.")]
    [OptionAnyScalar]
    public string? MustBe { get; init; }

    [Description("What the number is not.")]
    [OptionAnyScalar]
    public string? MustNotBe { get; init; }

    [Description("What the number is above.")]
    [OptionAnyScalar]
    public string? MustBeGreaterThan { get; init; }

    [Description("The least that the number is.")]
    [OptionAnyScalar]
    public string? MustBeGreaterOrEqualTo { get; init; }

    [Description("What the number is below.")]
    [OptionAnyScalar]
    public string? MustBeLessThan { get; init; }

    [Description("The most that the number is.")]
    [OptionAnyScalar]
    public string? MustBeLessOrEqualTo { get; init; }

    [Description("The least and the most that the number is.")]
    [OptionExample("[100, 120]")]
    public IReadOnlyList<string>? MustBeBetween { get; init; }

    [Description("Two numbers between which the number does not lie, nor is it one of them.")]
    public IReadOnlyList<string>? MustNotBeBetween { get; init; }

    [Description("rows, or percent of all rows. Default rows.")]
    [OptionValues("rows", "percent")]
    public string? Unit { get; init; }

    [Description("How bad it is where the rule is broken: info and warning are reported and stop nothing.")]
    [OptionExample("warning")]
    public string? Severity { get; init; }

    [Description("What the rule is for.")]
    public string? Description { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());

    /// <summary>What is counted; null for none.</summary>
    internal string? Counted => Rule ?? Metric;

    /// <summary>Whether the rule is reported where it is broken, and stops nothing.</summary>
    internal bool OnlyTells => Severity?.ToLowerInvariant() is "info" or "warning" or "warn";
}
