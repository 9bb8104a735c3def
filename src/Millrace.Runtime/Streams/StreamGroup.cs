using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A job that moves several streams of one source, each by a pipeline of its own.</summary>
public sealed record StreamGroup
{
    /// <summary>How many streams are moved at once where nothing is said.</summary>
    public const int DefaultParallel = 4;

    /// <summary>Name of the job; each stream's pipeline has one of its own below it.</summary>
    public required string Job { get; init; }

    public string Tenant { get; init; } = "default";

    public required string BaseDirectory { get; init; }

    public required Endpoint Source { get; init; }

    public required StreamSelection Selection { get; init; }

    /// <summary>Makes the pipeline of a stream. Fails for a target that is one place.</summary>
    public required Func<StreamDescription, Pipeline> PipelineOf { get; init; }

    /// <summary>Streams that are moved at once; null for <see cref="DefaultParallel"/>, and for all where streams are followed.</summary>
    public int? Parallel { get; init; }

    /// <summary>Whether what an unfinished run before has done is done again.</summary>
    public bool Restarts { get; init; }

    /// <summary>Folder of the state store; null for <c>.millrace/state</c> beside the job file.</summary>
    public string? StateFolder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The group that a job file stands for; null for a job of one stream.</summary>
    public static StreamGroup? Of(JobFile job, ConnectorRegistry connectors, VariableExpander? variables = null)
    {
        variables ??= VariableExpander.FromEnvironment;
        var faults = new OptionFaults();
        Endpoint source = Endpoint.OfSource(job, connectors, variables, faults);
        faults.ThrowIfAny();
        JobSpec spec = job.Spec;
        if ((StreamSelection.Of(spec.Source.Streams) ?? source.Streams ?? StreamSelection.Of(spec.Source.Stream)) is not { } selection)
        {
            return null;
        }

        return new StreamGroup
        {
            Job = spec.Name,
            Tenant = spec.Tenant,
            BaseDirectory = job.BaseDirectory,
            Source = source,
            Selection = selection,
            Parallel = spec.Parallel,
            StateFolder = spec.State,
            PipelineOf = stream => Pipeline.Of(
                job with
                {
                    Spec = spec with
                    {
                        Name = NameOf(spec.Name, stream.Name),
                        Source = spec.Source with { Stream = stream.Name, Streams = [] },
                        Target = Placed(spec.Target, stream),
                    },
                },
                connectors,
                variables),
        };
    }

    /// <summary>
    /// The streams that the source has now, the largest first, with their pipelines. What is wrong with the target of one is wrong
    /// with all of them, and told before anything is moved.
    /// </summary>
    public async Task<IReadOnlyList<(StreamDescription Stream, Pipeline Pipeline)>> PipelinesAsync(CancellationToken cancellation)
    {
        var streams = new List<StreamDescription>();
        ISource source = Source.Connector.OpenSource(Source.Options, new ConnectorContext { Job = Job, Tenant = Tenant, BaseDirectory = BaseDirectory, Time = Time });
        await using (source.ConfigureAwait(false))
        {
            await foreach (StreamDescription stream in StreamListing.OfAsync(source, Selection, cancellation).ConfigureAwait(false))
            {
                streams.Add(stream);
            }
        }

        StreamDescription[] chosen = [.. streams.OrderByDescending(s => s.Bytes ?? s.Rows ?? 0).ThenBy(s => s.Name, StringComparer.Ordinal)];

        // The place of a stream that is none stands for those of all, whichever there are.
        JobGroup? group = chosen.Length == 0 ? null : new JobGroup(Job, PipelineOf(chosen[0] with { Name = "stream" }).Context(static _ => { }).Target);
        (StreamDescription Stream, Pipeline Pipeline)[] all = [.. chosen.Select(s => (s, PipelineOf(s) with { Group = group }))];
        var places = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((StreamDescription stream, Pipeline pipeline) in all)
        {
            string place = pipeline.Sink.Options.ToString()!;
            if (!places.TryAdd(place, stream.Name))
            {
                throw GroupErrors.OnePlace.Error($"{places[place]} and {stream.Name} would be written to one place.", new ErrorPlace { Stream = stream.Name });
            }
        }

        return all;
    }

    /// <summary>Name of the pipeline of a stream.</summary>
    public static string NameOf(string job, string stream) => $"{job}/{stream}";

    /// <summary>The location of a stream's target.</summary>
    public static string TargetOf(string location, string stream) => StreamTarget.OfLocation(location, stream);

    /// <summary>The columns that identify a row of a stream, where a job that needs them names none.</summary>
    public static IReadOnlyList<string> KeyOf(WriteMode mode, IReadOnlyList<string> key, StreamDescription stream)
        => key.Count == 0 && mode.IsByKey() ? stream.Key : key;

    private static TargetSpec Placed(TargetSpec target, StreamDescription stream)
    {
        TargetSpec placed = target.Location is { } location
            ? target with { Location = StreamTarget.OfLocation(location, stream.Name) }
            : target with { Options = StreamTarget.OfOptions(target.Options, stream.Name) };
        return placed with { Key = KeyOf(target.Write, target.Key, stream) };
    }
}
