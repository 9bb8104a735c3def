using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>How the columns of a source differ from those of a contract, and what the mode makes of that.</summary>
internal static class ColumnDrift
{
    /// <summary>The columns that the run writes. Throws where the contract is frozen and there is a difference.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="columns">Its columns, as joined with those of the job.</param>
    /// <param name="source">All columns of the source.</param>
    /// <param name="isInferred">Whether their types were guessed, so that they say nothing.</param>
    /// <param name="note">Gets what was found.</param>
    public static ColumnPlan Settle(ContractPlan contract, ColumnPlan columns, Schema source, bool isInferred, Action<string> note)
    {
        var changes = new List<string>();
        var outputs = new List<OutputColumn>();
        foreach (OutputColumn output in columns.Outputs)
        {
            int index = source.IndexOf(output.From);
            outputs.Add(output);
            if (index < 0)
            {
                changes.Add($"- {output.From}{(output.Type is null ? "" : $" {output.Type}")} (the source does not have it)");
                continue;
            }

            DataType found = source[index].Type;
            if (isInferred || output.Type is null || output.Type.Equals(found))
            {
                continue;
            }

            bool widens = contract.Mode == ContractMode.Evolve && TypeWidening.Holds(found, output.Type);
            changes.Add($"~ {output.From} {output.Type} -> {found}{(widens ? " (widened)" : "")}");
            if (widens)
            {
                outputs[^1] = output with { Type = found };
            }
        }

        foreach (Field field in source.Fields.Where(f => !columns.Outputs.Any(o => source.IndexOf(o.From) == source.IndexOf(f.Name))))
        {
            changes.Add($"+ {field.Name} {field.Type}{(contract.Mode == ContractMode.Evolve ? " (added)" : "")}");
            if (contract.Mode == ContractMode.Evolve)
            {
                outputs.Add(new OutputColumn(field.Name, field.Name, null, false) { Comment = field.Metadata.GetValueOrDefault(FieldMetadata.Comment) });
            }
        }

        if (changes.Count == 0)
        {
            return columns;
        }

        string list = string.Join("; ", changes);
        if (contract.Mode == ContractMode.Freeze)
        {
            throw ContractErrors.Frozen.Error($"The source differs from the contract '{contract.Asset.Name}' {contract.Asset.Version}: {list}.");
        }

        note($"the source differs from the contract '{contract.Asset.Name}' {contract.Asset.Version}: {list}");
        return new ColumnPlan(outputs);
    }
}
