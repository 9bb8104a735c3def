using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>The keys of rows in a grouping set: those outside it are null, and the set's number comes last.</summary>
internal static class GroupingSets
{
    /// <summary>A column for each key and one for the set; the caller owns them.</summary>
    public static Column[] Keys(AggregatePlan plan, ReadOnlySpan<Vector> vectors, int rows, int set)
    {
        var keys = new Column[plan.Keys + 1];
        for (int i = 0; i < plan.Keys; i++)
        {
            keys[i] = plan.Sets![set].Contains(i) ? vectors[i].ToColumn(rows) : Constant(plan.KeyTypes[i], null, rows);
        }

        keys[^1] = Constant(DataType.Int32, set, rows);
        return keys;
    }

    /// <summary>Makes the group of each set without keys, which exists without rows too.</summary>
    public static void AddEmpty(AggregatePlan plan, GroupedRows groups)
    {
        for (int set = 0; set < plan.Sets?.Count; set++)
        {
            if (plan.Sets[set].Count == 0)
            {
                Column[] keys = Keys(plan, [], 1, set);
                groups.AddGroups(keys, 1);
                Array.ForEach(keys, k => k.Dispose());
            }
        }
    }

    private static Column Constant(DataType type, object? value, int rows)
    {
        using Column one = ConstantColumn.Create(type, value);
        return Repeat.Row(one, rows);
    }
}
