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
        if (vector.ContentOffset is not { } offset || vector.ContentSize is not { } size)
        {
            throw IcebergErrors.Manifest(vector.Path, "has a deletion vector without a place");
        }

        if (offset is < 0 or > long.MaxValue - MaxBytes || size is < 0 or > MaxBytes)
        {
            throw IcebergErrors.Limit(vector.Path, $"A deletion vector has {size} bytes at {offset}, more than the {MaxBytes} allowed");
        }

        IByteSource source = await files.OpenAsync(vector.Path, cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
        {
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
                long[] rows = DeletionVector.Read(blob, data.Rows);
                return rows.Length == 0 || rows[^1] < data.Rows ? rows : throw new InvalidDataException($"it deletes row {rows[^1]} of {data.Rows}");
            }
            catch (InvalidDataException e)
            {
                throw IcebergErrors.Vector(source.Name, $"for '{data.Path}' is damaged: {e.Message}");
            }
        }
    }
}
