using System.Buffers;
using System.Numerics;
using Millrace.Columnar;

namespace Millrace.Runtime.Contracts;

/// <summary>Told of each row that breaks a rule.</summary>
internal delegate void RuleBreach(int row, ContractRule rule, Column column);

/// <summary>The rules of a contract over the columns of a schema. Several lanes use it at once.</summary>
internal sealed class ContractCheck(Schema schema, IReadOnlyList<(int Column, ContractRule Rule)> rules)
{
    /// <summary>Looks at a batch of the schema, and tells of each row and rule that it breaks.</summary>
    public void Run(IReadOnlyList<Column> columns, int rows, RuleBreach onBreach)
    {
        foreach ((int index, ContractRule rule) in rules)
        {
            if (Dictionaries.IsEncoded(columns[index], schema[index].Type))
            {
                using Column plain = Dictionaries.Decode(columns[index], schema[index].Type);
                Run(rule, plain, rows, onBreach);
            }
            else
            {
                Run(rule, columns[index], rows, onBreach);
            }
        }
    }

    private static void Run(ContractRule rule, Column column, int rows, RuleBreach onBreach)
    {
        if (rule.HoldsForAll(column))
        {
            return;
        }

        int words = (rows + 63) / 64;
        ulong[] broken = ArrayPool<ulong>.Shared.Rent(words);
        try
        {
            broken.AsSpan(0, words).Clear();
            rule.Mark(column, broken);
            for (int word = 0; word < words; word++)
            {
                for (ulong bits = broken[word]; bits != 0; bits &= bits - 1)
                {
                    onBreach((word * 64) + BitOperations.TrailingZeroCount(bits), rule, column);
                }
            }
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(broken);
        }
    }
}
