using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Millrace.Sdk;

namespace Millrace.Connectors.Datagen;

/// <summary>What to generate.</summary>
public sealed record DatagenOptions
{
    /// <summary>The most rows a table can have.</summary>
    public const long MaxRows = 1L << 62;

    [Description("Rows of the table. Without it the table has no end, and can be followed or read with a limit.")]
    [Range(0, (double)MaxRows)]
    public long? Rows { get; init; }

    [Description("Number from which all that is random follows. Another seed gives other rows.")]
    public long Seed { get; init; }

    [Description("Rows a second, at most. Default: as fast as they are made.")]
    [Range(1e-6, 1e12)]
    [OptionExample("5000")]
    public double? Rate { get; init; }

    [Description("Columns with their types, in order. Where a SQL statement or a job declares columns it may be absent; otherwise, a table without it has the columns that `fields` names, in the types of their kinds.")]
    [OptionExample("{id: bigint, symbol: varchar}")]
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    [Description("How each column is filled: its `kind` and the options of the kind. A column that is not named here is filled as its type suggests.")]
    [OptionExample("{id: {kind: sequence}, symbol: {kind: enum, values: [A, B]}}")]
    [OptionKinds<FieldKinds>(FieldKinds.Key)]
    public OptionMap Fields { get; init; } = new(new ErrorPlace());
}
