using System.Globalization;

namespace Millrace.Connectors.Iceberg;

/// <summary>What catalogs do that keep no logic of their own: they judge a change here, and write the metadata after it.</summary>
internal static class NextMetadata
{
    /// <summary>Property of a table whose old versions of the metadata are removed.</summary>
    public const string ForgetsVersions = "write.metadata.delete-after-commit.enabled";

    /// <summary>The metadata after a change whose requirements hold.</summary>
    /// <param name="loaded">The table as the caller knows it.</param>
    /// <param name="change">What must hold and what changes.</param>
    /// <param name="table">What the user calls the table.</param>
    /// <param name="now">The time.</param>
    public static TableMetadata Of(LoadedTable loaded, TableChange change, string table, DateTimeOffset now)
    {
        if (loaded.Metadata.FormatVersion > MetadataWriter.NewestVersion)
        {
            throw IcebergErrors.Unsupported(string.Create(
                CultureInfo.InvariantCulture, $"The table has format version {loaded.Metadata.FormatVersion}; versions up to {MetadataWriter.NewestVersion} are written"));
        }

        // A table that is made by its first commit has no file yet.
        bool isNew = loaded.MetadataFile.Length == 0;
        foreach (MetadataRequirement requirement in change.Requirements)
        {
            if (requirement.FaultIn(isNew ? null : loaded.Metadata) is { } fault)
            {
                throw IcebergErrors.Conflicts(table, fault);
            }
        }

        return MetadataBuilder.Apply(loaded.Metadata, isNew ? null : loaded.MetadataFile, change.Updates, now);
    }

    /// <summary>Whether the file of the next version is to be in gzip.</summary>
    public static bool IsCompressed(TableMetadata before) => before.Properties.GetValueOrDefault("write.metadata.compression-codec") == "gzip";

    // Only saves room; the commit is made, and must not fail any more.
    public static async ValueTask ForgetVersionsAsync(LoadedTable before, LoadedTable after)
    {
        if (after.Metadata.Properties.GetValueOrDefault(ForgetsVersions)?.Equals("true", StringComparison.OrdinalIgnoreCase) != true)
        {
            return;
        }

        HashSet<string> kept = [after.MetadataFile, .. after.Metadata.MetadataLog.Select(e => e.File)];
        try
        {
            foreach (string file in before.Metadata.MetadataLog.Select(e => e.File).Where(f => !kept.Contains(f)))
            {
                await after.Files.Store.DeleteAsync(after.Files.NameOf(file), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (MillraceException)
        {
        }
    }
}
