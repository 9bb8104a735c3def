using System.Globalization;
using Millrace.Formats;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads the deletion vectors of data files (specification, "Deletion Vectors"). Any thread may ask.</summary>
internal static class VectorDeletes
{
    // A vector of a file of all the rows that fit into one takes less.
    private const int MaxBytes = 512 << 20;

    /// <summary>Numbers of the deleted rows of a data file, ascending and each once.</summary>
    public static async ValueTask<long[]> OfAsync(TableFiles files, DataFile data, DataFile vector, CancellationToken cancellation)
    {
        IByteSource source = await files.OpenAsync(vector.Path, cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
            return await ReadAsync(source, data, vector, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the vectors of several data files; each Puffin file is opened once, and several are read at once.</summary>
    /// <param name="files">The table's files.</param>
    /// <param name="vectors">Data files, each once, with their vectors.</param>
    /// <param name="take">Takes the deleted rows of a data file, ascending and each once. Several threads call it, in any order.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public static async ValueTask ReadAllAsync(TableFiles files, IEnumerable<(DataFile Data, DataFile Vector)> vectors, Action<DataFile, long[]> take, CancellationToken cancellation)
    {
        IEnumerable<IGrouping<string, (DataFile Data, DataFile Vector)>> puffins = vectors.GroupBy(v => v.Vector.Path, StringComparer.Ordinal);
        await Parallel.ForEachAsync(puffins, new ParallelOptions { MaxDegreeOfParallelism = ManifestReader.AtOnce, CancellationToken = cancellation }, async (puffin, stop) =>
        {
            IByteSource source = await files.OpenAsync(puffin.Key, stop).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            {
                foreach ((DataFile data, DataFile vector) in puffin.OrderBy(v => v.Vector.ContentOffset))
                {
                    take(data, await ReadAsync(source, data, vector, stop).ConfigureAwait(false));
                }
            }
        }).ConfigureAwait(false);
    }

    private static async ValueTask<long[]> ReadAsync(IByteSource source, DataFile data, DataFile vector, CancellationToken cancellation)
    {
        if (vector.ContentOffset is not { } offset || vector.ContentSize is not { } size)
        {
            throw IcebergErrors.Manifest(vector.Path, "has a deletion vector without a place");
        }

        if (offset is < 0 or > long.MaxValue - MaxBytes || size is < 0 or > MaxBytes)
        {
            throw IcebergErrors.Limit(vector.Path, $"A deletion vector has {size} bytes at {offset}, more than the {MaxBytes} allowed");
        }

        if (source.Length < offset + size)
        {
            throw IcebergErrors.Vector(source.Name, "ends before it");
        }

        byte[] blob = new byte[size];
        if (await source.ReadFullyAsync(offset, blob, cancellation).ConfigureAwait(false) < size)
        {
            throw IcebergErrors.Vector(source.Name, "ends before it");
        }

        try
        {
            // A few bytes can stand for many rows: no more of them than the manifest tells.
            long[] rows = DeletionVector.Read(blob, Math.Min(data.Rows, vector.Rows));
            return rows.Length != vector.Rows ? throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it has {rows.Length} rows where the manifest tells of {vector.Rows}"))
                : rows.Length > 0 && rows[^1] >= data.Rows ? throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"it deletes row {rows[^1]} of {data.Rows}"))
                : rows;
        }
        catch (InvalidDataException e)
        {
            throw IcebergErrors.Vector(source.Name, $"for '{data.Path}' is damaged: {e.Message}");
        }
    }
}
