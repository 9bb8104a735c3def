using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Reads the values of a column of another dataset, however many there are.</summary>
internal static class ForeignValues
{
    // 64 MiB for three million values; more lie in a temporary file.
    private const int TableCapacity = 1 << 22;

    /// <summary>The values; the caller owns them.</summary>
    public static async Task<UniqueKeys> ReadAsync(ContractPlan plan, AssetColumn column, DataType type, CancellationToken cancellation)
    {
        Endpoint endpoint = plan.Foreign[column.Name];
        string name = column.Foreign!.Column ?? column.Name;
        ISource source = endpoint.Connector.OpenSource(endpoint.Options, new ConnectorContext { Job = plan.Asset.Name, BaseDirectory = plan.BaseDirectory });
        await using (source.ConfigureAwait(false))
        {
            var request = new ReadRequest { Stream = column.Foreign.Stream, Columns = [new RequestedColumn(name, type)] };
            IReadPlan read = await source.PlanAsync(request, cancellation).ConfigureAwait(false);
            await using (read.ConfigureAwait(false))
            {
                var shaper = new RowShaper(read.Schema, new ColumnPlan([new OutputColumn(name, name, type, false)]), name);
                UniqueKeys values = UniqueKeys.Open(tableCapacity: TableCapacity);
                try
                {
                    var failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue };
                    await foreach (LaneBatch next in new OrderedLanes(read, shaper, failure, null, lanes: 1).ReadAsync(cancellation).ConfigureAwait(false))
                    {
                        using RecordBatch? batch = next.Batch;
                        if (batch is not null)
                        {
                            Add(values, batch[0], type);
                        }
                    }

                    values.Complete();
                    return values;
                }
                catch
                {
                    values.Dispose();
                    throw;
                }
            }
        }
    }

    private static void Add(UniqueKeys values, Column column, DataType type)
    {
        using Column plain = Dictionaries.Decode(column, type);
        var first = new ulong[plain.Length];
        var second = new ulong[plain.Length];
        Hash.Rows(plain, first);
        SecondHash.Rows(plain, second);
        bool hasNulls = plain.HasNulls;
        for (int row = 0; row < first.Length; row++)
        {
            if (!(hasNulls && plain.IsNull(row)))
            {
                values.Collect(Key128.Of(first[row], second[row]));
            }
        }
    }
}
