using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Sdk;

namespace Millrace.Connectors.Iceberg;

/// <summary>Reads an Iceberg table as of one snapshot, and what its metadata tells as streams of their own.</summary>
/// <param name="place">The table, or all of a catalog.</param>
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
            if (!place.IsTable)
            {
                int tables = await place.Catalog.ListAsync(cancellation).CountAsync(cancellation).ConfigureAwait(false);
                return CheckReport.Of(CheckFinding.Pass(subject, string.Create(CultureInfo.InvariantCulture, $"{tables} tables")));
            }

            TableMetadata table = (await place.RequireAsync(cancellation).ConfigureAwait(false)).Metadata;
            SnapshotChoice choice = Choose(table, place.Path);
            return CheckReport.Of(CheckFinding.Pass(subject, string.Create(
                CultureInfo.InvariantCulture, $"format version {table.FormatVersion}, {choice.Schema.Fields.Count} columns, {choice.Snapshot?.Summary.GetValueOrDefault("total-records") ?? "0"} rows")));
        }
        catch (MillraceException e)
        {
            return CheckReport.Of(CheckFinding.Fail(subject, e));
        }
    }

    public ValueTask<CheckReport> CheckReadAsync(ReadRequest request, CancellationToken cancellation)
        => ValueTask.FromResult(LineageFault(request.Mode, place.Path) is { } fault ? CheckReport.Of(CheckFinding.Fail($"read {place.Path}", fault)) : CheckReport.Of());

    public async IAsyncEnumerable<StreamDescription> DiscoverAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        if (!place.IsTable)
        {
            await foreach (TableIdentifier name in place.Catalog.ListAsync(cancellation).ConfigureAwait(false))
            {
                // One that was dropped since is no stream any more.
                if (await place.At(name).FindAsync(cancellation).ConfigureAwait(false) is { } one)
                {
                    yield return Describe(one, name.ToString());
                }
            }

            yield break;
        }

        IcebergTable table = await place.RequireAsync(cancellation).ConfigureAwait(false);
        yield return Describe(table, StreamOf(place));
        foreach (string name in MetadataStreams.Names)
        {
            yield return new StreamDescription { Name = name, Schema = MetadataStreams.SchemaOf(name) };
        }
    }

    public async ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation)
    {
        (IcebergPlace at, string? part) = Find(request.Stream);
        IcebergTable table = await at.RequireAsync(cancellation).ConfigureAwait(false);
        if (part is not null)
        {
            Snapshot? snapshot = request.Mode == ReadMode.Full ? SnapshotChoice.Of(table.Metadata, options, at.Path).Snapshot : table.Metadata.CurrentSnapshot;
            return new MetadataPlan(await MetadataStreams.ReadAsync(part, table, snapshot, cancellation).ConfigureAwait(false), request);
        }

        if (request.Mode == ReadMode.Full)
        {
            return new IcebergPlan(table, Choose(table.Metadata, at.Path), request, at.Path);
        }

        return LineageFault(request.Mode, at.Path) is { } fault ? throw fault : new SnapshotPlan(table, options, request, at.Path);
    }

    /// <summary>The table may have changed by then.</summary>
    public ValueTask<bool> ResumesFullReadsAsync(string? stream, CancellationToken cancellation) => ValueTask.FromResult(options.SnapshotId is not null);

    public ValueTask DisposeAsync() => place.DisposeAsync();

    /// <summary>Whether some of the rows in the data files may be deleted, so that the count of the summary is too high.</summary>
    internal static bool HasDeletes(Snapshot? snapshot) => snapshot is not null && snapshot.Summary.GetValueOrDefault("total-delete-files") != "0";

    internal static long? RowsOf(Snapshot? snapshot)
        => snapshot is null ? 0 : long.TryParse(snapshot.Summary.GetValueOrDefault("total-records"), CultureInfo.InvariantCulture, out long rows) ? rows : null;

    // A folder has no namespace.
    private static string StreamOf(IcebergPlace one) => one.HasCatalog ? one.Name.ToString() : one.Name.Name;

    // The table of a stream, and what of its metadata is meant; null for its rows.
    private (IcebergPlace At, string? Part) Find(string? stream)
    {
        stream ??= metadata;
        string? part = stream is null ? null : MetadataStreams.Names.FirstOrDefault(n => stream.EndsWith(n, StringComparison.Ordinal));
        string? table = stream is null || stream == part ? null : stream[..^(part?.Length ?? 0)];
        if (!place.IsTable)
        {
            return table is null
                ? throw IcebergErrors.UnknownStream.Error($"The source is all of {place.Path}, and no table of it is named.", ErrorPlace.InFile(place.Path), "Set `table`, or name streams; see them with `millrace discover`.")
                : (place.At(TableIdentifier.Parse(table)), part);
        }

        return table is null || table == StreamOf(place) ? (place, part) : throw IcebergErrors.UnknownStream.Error(
            $"The table '{place.Path}' has no stream '{stream}'{NearestName.Suggest(stream!, MetadataStreams.Names.Append(StreamOf(place)))}.", new ErrorPlace { File = place.Path, Stream = stream });
    }

    private MillraceException? LineageFault(ReadMode mode, string path) => !options.RowLineage || mode == ReadMode.Full ? null
        : IcebergErrors.Lineage(path, $"The source reads with mode: {mode.ToString().ToLowerInvariant()}, and ids of rows are read with mode: full");

    // What rows are read of.
    private SnapshotChoice Choose(TableMetadata table, string path)
    {
        SnapshotChoice choice = SnapshotChoice.Of(table, options, path);
        return options.RowLineage ? choice.WithLineage(table, path) : choice;
    }

    private StreamDescription Describe(IcebergTable table, string name)
    {
        // The tables of a catalog differ in their versions.
        SnapshotChoice choice = SnapshotChoice.HasLineage(table.Metadata) ? Choose(table.Metadata, name) : SnapshotChoice.Of(table.Metadata, options, name);
        return new StreamDescription
        {
            Name = name,
            Schema = DataTags.OfProperties(table.Metadata.Properties).ApplyTo(TypeMapping.ToColumns(choice.Schema)),
            Key = [.. choice.Schema.Identifiers.Select(choice.Schema.PathOf)],
            Rows = RowsOf(choice.Snapshot),
            RowsExact = !HasDeletes(choice.Snapshot),
            Notes =
            [
                .. choice.Schema.Fields.Where(f => IcebergForeign.In(f.Type) is not null).Select(f => $"column '{f.Name}' of type {f.Type} cannot be read"),
                .. table.Metadata.Spec.Fields.Select(f => $"partitioned by {f.Transform}({choice.Schema.PathOf(f.SourceId)})"),
            ],
        };
    }
}
