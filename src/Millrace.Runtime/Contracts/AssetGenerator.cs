using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Runtime.Governance;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>A contract that was made of what a source says and of some of its rows.</summary>
/// <param name="Asset">The contract.</param>
/// <param name="Proposals">Columns that seem to hold personal data. The contract does not say so: people decide.</param>
/// <param name="SampledRows">Rows that were looked at.</param>
public sealed record GeneratedAsset(AssetSpec Asset, IReadOnlyList<PiiProposal> Proposals, long SampledRows)
{
    /// <summary>The contract in the short form, with the proposals as comments.</summary>
    public string ToYaml()
    {
        var text = new StringBuilder();
        int column = -1;
        foreach (string line in OdcsExport.ToShort(Asset).TrimEnd('\n').Split('\n'))
        {
            text.Append(line).Append('\n');
            if (!line.StartsWith("  - name:", StringComparison.Ordinal))
            {
                continue;
            }

            column++;
            if (column < Asset.Schema.Count && Proposals.FirstOrDefault(p => p.Column == Asset.Schema[column].Name) is { } proposal)
            {
                text.Append(CultureInfo.InvariantCulture, $"    # proposed, to be decided: classification: {proposal.Classification} ({proposal.Kind}: {proposal.Reason})\n");
            }
        }

        return text.ToString();
    }
}

/// <summary>Makes contracts of sources.</summary>
public static class AssetGenerator
{
    /// <param name="endpoint">The source, with what its location says of streams.</param>
    /// <param name="stream">One of its streams; null for the only one.</param>
    /// <param name="name">Name of the contract; null for that of the stream.</param>
    /// <param name="sampleRows">Rows that are looked at for personal data.</param>
    /// <param name="baseDirectory">Folder against which relative paths are resolved.</param>
    /// <param name="cancellation">Stops it.</param>
    public static async Task<GeneratedAsset> GenerateAsync(Endpoint endpoint, string? stream, string? name, int sampleRows, string baseDirectory, CancellationToken cancellation)
    {
        StreamDescription found = await FindAsync(endpoint, stream, baseDirectory, cancellation).ConfigureAwait(false);
        string? read = stream ?? (endpoint.Streams is null ? null : found.Name);
        SourcePreview? sample = sampleRows == 0 ? null : await SourcePreview.ReadAsync(endpoint, baseDirectory, read, null, sampleRows, sampleRows, cancellation).ConfigureAwait(false);
        Schema schema = sample?.Schema ?? found.Schema;
        DataTags tags = TagPlan.Record(TagPlan.OfSource.Resolve(schema));
        AssetColumn[] columns = [.. schema.Fields.Select(f => Column(f, tags.Fields.GetValueOrDefault(f.Name), found))];
        var proposals = new List<PiiProposal>();
        for (int i = 0; i < schema.Count; i++)
        {
            if (columns[i].Classification is null && PiiDetector.Propose(schema[i].Name, [.. sample?.Rows.Select(r => r[i]) ?? []]) is { } proposal)
            {
                proposals.Add(proposal);
            }
        }

        var asset = new AssetSpec
        {
            Name = name ?? NameOf(found.Name),
            Status = "draft",
            SourceType = endpoint.Name,
            Object = found.Name,
            Schema = columns,
        };
        return new GeneratedAsset(asset, proposals, sample?.SampledRows ?? 0);
    }

    // What the source says of a column is decided, as in a job.
    private static AssetColumn Column(Field field, string? classification, StreamDescription stream) => new()
    {
        Name = field.Name,
        Type = field.Type.Id == TypeId.Dictionary ? field.Type.DictionaryValue : field.Type,
        Required = !field.Nullable,
        PrimaryKey = stream.Key.Contains(field.Name),
        Unique = stream.Key.Count == 1 && stream.Key[0] == field.Name,
        Classification = classification,
        Description = field.Metadata.GetValueOrDefault(FieldMetadata.Comment),
    };

    private static async Task<StreamDescription> FindAsync(Endpoint endpoint, string? stream, string baseDirectory, CancellationToken cancellation)
    {
        ISource source = endpoint.Connector.OpenSource(endpoint.Options, new ConnectorContext { Job = "asset", BaseDirectory = baseDirectory });
        await using (source.ConfigureAwait(false))
        {
            var streams = new List<StreamDescription>();
            await foreach (StreamDescription found in StreamListing.OfAsync(source, endpoint.Streams, cancellation).ConfigureAwait(false))
            {
                streams.Add(found);
            }

            StreamDescription? chosen = stream is null ? streams.Count == 1 ? streams[0] : null : streams.Find(s => s.Name == stream) ?? (streams.Count == 1 ? streams[0] : null);
            return chosen ?? throw ContractErrors.NoObject.Error(
                stream is null
                    ? $"The source has {streams.Count} streams: {string.Join(", ", streams.Take(20).Select(s => s.Name))}{(streams.Count > 20 ? ", …" : "")}."
                    : $"The source has no stream '{stream}'{NearestName.Suggest(stream, streams.Select(s => s.Name))}.",
                hint: "Name one with --stream.");
        }
    }

    // The last part of a table's name; a file's name without its ending.
    private static string NameOf(string stream)
    {
        string name = Path.GetFileName(stream.TrimEnd('/', '\\'));
        int dot = name.LastIndexOf('.');
        return dot <= 0 ? name : File.Exists(stream) ? name[..dot] : name[(dot + 1)..];
    }
}
