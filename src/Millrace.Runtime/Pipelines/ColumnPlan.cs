using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>Which columns of the source become which columns of the target.</summary>
/// <param name="Outputs">The columns of the target, in order.</param>
public sealed record ColumnPlan(IReadOnlyList<OutputColumn> Outputs)
{
    /// <summary>Joins a job's column list with its contract; null when neither says anything.</summary>
    /// <remarks>
    /// The list decides which columns there are and their order, or the contract if there is no list. A type in the list wins
    /// over one in the contract.
    /// </remarks>
    public static ColumnPlan? Of(IReadOnlyList<ColumnSpec>? columns, AssetSpec? asset, ContractMode mode = ContractMode.Strict)
    {
        if (columns is null)
        {
            return asset is null ? null : new ColumnPlan([.. asset.Schema.Select(c => Contracted(new OutputColumn(c.Name, c.Name, null, false), c, mode))]);
        }

        var contract = (asset?.Schema ?? []).ToDictionary(c => c.Name, StringComparer.Ordinal);
        return new ColumnPlan([.. columns.Select(c =>
        {
            var output = new OutputColumn(c.Name, c.From ?? c.Name, c.Type, c.Required);
            return contract.TryGetValue(c.Name, out AssetColumn? contracted) ? Contracted(output, contracted, mode) : output;
        })]);
    }

    /// <summary>What to ask of the source: every column once, in the wanted type if only one type is wanted of it.</summary>
    public IReadOnlyList<RequestedColumn> Requests()
        => [.. Outputs
            .GroupBy(o => o.From, StringComparer.Ordinal)
            .Select(g => new RequestedColumn(g.Key, g.Select(o => o.Type).Distinct().Count() == 1 ? g.First().Type : null))];

    private static OutputColumn Contracted(OutputColumn output, AssetColumn column, ContractMode mode) => output with
    {
        Type = output.Type ?? column.ResolveType(),
        NeverNull = column.Required && mode != ContractMode.Warn,
        Comment = column.Description,
    };
}

/// <param name="Name">Name in the target.</param>
/// <param name="From">Name in the source.</param>
/// <param name="Type">Type in the target; null for the source's.</param>
/// <param name="Required">Whether a row without a value is bad.</param>
public sealed record OutputColumn(string Name, string From, DataType? Type, bool Required)
{
    /// <summary>What the contract says the column holds.</summary>
    public string? Comment { get; init; }

    /// <summary>Whether rows without a value do not come through, since a rule of the contract keeps them out.</summary>
    public bool NeverNull { get; init; }
}
