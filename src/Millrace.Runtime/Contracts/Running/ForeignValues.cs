using System.Globalization;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>Reads the values of a column of another dataset, as hashes.</summary>
internal static class ForeignValues
{
    // 32 MiB of hashes.
    private const int MaxCapacity = 1 << 22;

    public static async Task<HashTable> ReadAsync(ContractPlan plan, AssetColumn column, DataType type, CancellationToken cancellation)
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
                var values = new HashTable(MaxCapacity);
                try
                {
                    var failure = new FailureSpec { Strategy = FailureStrategy.LogAndContinue };
                    await foreach (LaneBatch next in new OrderedLanes(read, shaper, failure, null, lanes: 1).ReadAsync(cancellation).ConfigureAwait(false))
                    {
                        using RecordBatch? batch = next.Batch;
                        if (batch is not null)
                        {
                            Add(values, batch[0], plan, column);
                        }
                    }

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

    private static void Add(HashTable values, Column column, ContractPlan plan, AssetColumn rule)
    {
        var hashes = new ulong[column.Length];
        Hash.Rows(column, hashes);
        for (int row = 0; row < hashes.Length; row++)
        {
            if (column.IsNull(row))
            {
                continue;
            }

            if (values.IsFull)
            {
                throw ContractErrors.ForeignTooLarge.Error(
                    string.Create(CultureInfo.InvariantCulture, $"The rule '{rule.Name}.foreign' of '{plan.Asset.Name}' refers to {rule.Foreign!.Location}, which has more than {values.MaxCount} values."));
            }

            values.Add(hashes[row]);
        }
    }
}
