using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads an Iceberg table as of one snapshot, and what its metadata tells as streams of their own.</summary>
/// <param name="place">The table.</param>
/// <param name="options">As of when.</param>
/// <param name="metadata">The stream that is read where none is named; null for the rows.</param>
internal sealed class IcebergSource(IcebergPlace place, IcebergSourceOptions options, string? metadata) : ISource
{
    public string? Remote => place.Catalog.Remote;

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        string subject = $"read {place.Path}";
        try
        {
            TableMetadata table = (await place.RequireAsync(cancellation).ConfigureAwait(false)).Metadata;
            SnapshotChoice choice = SnapshotChoice.Of(table, options, place.Path);
            return CheckReport.Of(CheckFinding.Pass(subject, string.Create(
                CultureInfo.InvariantCulture, $"format version {table.FormatVersion}, {choice.Schema.Fields.Count} columns, {choice.Snapshot?.Summary.GetValueOrDefault("total-records") ?? "0"} rows")));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        IcebergTable table = await place.RequireAsync(cancellation).ConfigureAwait(false);
        SnapshotChoice choice = SnapshotChoice.Of(table.Metadata, options, place.Path);
        yield return new StreamDescription
        {
            Name = place.Name.Name,
            Schema = TypeMapping.ToColumns(choice.Schema),
            Key = [.. choice.Schema.Identifiers.Select(choice.Schema.PathOf)],
            Rows = RowsOf(choice.Snapshot),
            RowsExact = !HasDeletes(choice.Snapshot),
            Notes = [.. table.Metadata.Spec.Fields.Select(f => $"partitioned by {f.Transform}({choice.Schema.PathOf(f.SourceId)})")],
        };
        foreach (string name in MetadataStreams.Names)
        {
            yield return new StreamDescription { Name = name, Schema = MetadataStreams.SchemaOf(name) };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        IcebergTable table = await place.RequireAsync(cancellation).ConfigureAwait(false);
        SnapshotChoice choice = request.Mode == ReadMode.Full ? SnapshotChoice.Of(table.Metadata, options, place.Path) : new SnapshotChoice(table.Metadata.CurrentSnapshot, table.Metadata.Schema);
        if ((request.Stream ?? metadata) is { } stream && stream != place.Name.Name)
        {
            if (!MetadataStreams.Names.Contains(stream))
            {
                throw IcebergErrors.UnknownStream.Error(
                    $"The table '{place.Path}' has no stream '{stream}'{NearestName.Suggest(stream, MetadataStreams.Names.Append(place.Name.Name))}.", new ErrorPlace { File = place.Path, Stream = stream });
            }

            return new MetadataPlan(await MetadataStreams.ReadAsync(stream, table, choice.Snapshot, cancellation).ConfigureAwait(false), request);
        }

        return request.Mode != ReadMode.Full ? new SnapshotPlan(table, options, request, place.Path) : new IcebergPlan(table, choice, request, place.Path);
    }

    /// <summary>The table may have changed by then.</summary>
    public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => ValueTask.FromResult(options.SnapshotId is not null);

    public ValueTask DisposeAsync() => place.DisposeAsync();

    /// <summary>Whether some of the rows in the data files may be deleted, so that the count of the summary is too high.</summary>
    internal static bool HasDeletes(Snapshot? snapshot) => snapshot is not null && snapshot.Summary.GetValueOrDefault("total-delete-files") != "0";

    internal static long? RowsOf(Snapshot? snapshot)
        => snapshot is null ? 0 : long.TryParse(snapshot.Summary.GetValueOrDefault("total-records"), CultureInfo.InvariantCulture, out long rows) ? rows : null;
}
