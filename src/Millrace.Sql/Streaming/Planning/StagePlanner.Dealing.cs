using Millrace.Sql.Parsing;

namespace Millrace.Sql.Streaming;

/// <content>How the rows of tables come to lanes.</content>
internal sealed partial class StagePlanner
{
    /// <summary>What the user wants, as far as the stages above allow it.</summary>
    /// <param name="input">The table.</param>
    /// <param name="inOrder">Whether its rows have to stay in their order.</param>
    private (InputDealing Dealing, int[] Keys) DealingOf(StreamInput input, bool inOrder)
    {
        if (inOrder)
        {
            if (settings.Dealing is not (null or PartitioningStrategy.Smart or PartitioningStrategy.FanIn))
            {
                Warn($"The rows of {input.Table.Name} stay in one lane, whatever the partitioning strategy: their order matters.");
            }

            return (InputDealing.OneLane, []);
        }

        switch (settings.Dealing)
        {
            case PartitioningStrategy.FanIn:
                return (InputDealing.OneLane, []);
            case PartitioningStrategy.Sticky:
                return (InputDealing.BySplit, []);
            case PartitioningStrategy.Hash:
                List<string> columns = [.. input.Columns];
                int[] keys = [.. input.Table.Key.Select(k => columns.FindIndex(c => string.Equals(c, k, StringComparison.OrdinalIgnoreCase)))];
                if (keys.Length > 0 && !keys.Contains(-1))
                {
                    return (InputDealing.ByKey, keys);
                }

                Warn(keys.Length == 0
                    ? $"The rows of {input.Table.Name} are dealt in turn: the partitioning strategy is hash, and the table has no PRIMARY KEY."
                    : $"The rows of {input.Table.Name} are dealt in turn: the partitioning strategy is hash, and the query does not read the whole key.");
                return (InputDealing.InTurn, []);
            default:
                return (InputDealing.InTurn, []);
        }
    }

    private void Warn(string warning)
    {
        if (!_warnings.Contains(warning))
        {
            _warnings.Add(warning);
        }
    }
}
