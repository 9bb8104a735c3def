namespace Millrace.Connectors.Iceberg;

/// <summary>What a table allows to be done to it.</summary>
internal static class TableWrites
{
    /// <summary>Throws where files may not be removed: by the table's own word, or since the metadata that is seen may not be the newest.</summary>
    public static void RequireRemoval(IcebergTable table, string path)
    {
        table.RequireWritable();
        if (table.Metadata.Properties.GetValueOrDefault("gc.enabled")?.Equals("false", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw MaintenanceErrors.DeletionOff.Error($"The table '{path}' has the property gc.enabled = false.", ErrorPlace.InFile(path));
        }
    }
}
