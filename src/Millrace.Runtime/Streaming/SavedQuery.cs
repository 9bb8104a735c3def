using Millrace.Sdk;
using Millrace.Sql.Streaming;

namespace Millrace.Runtime.Streaming;

/// <summary>
/// The state of a query beside the commits of its job: what an attempt begins with, and what each epoch leaves. One thread
/// uses it.
/// </summary>
/// <param name="states">The files.</param>
/// <param name="commits">The commits of the job; null where nobody can go back to one.</param>
internal sealed class SavedQuery(OperatorStates states, ICheckpointLog? commits)
{
    /// <summary>Commits after which files that nobody needs are looked for. Looking reads the commits that can be gone back to.</summary>
    public const int CommitsPerTidying = 32;

    private List<StateFileId> _chain = [];
    private long _fullBytes;
    private long _changeBytes;

    /// <inheritdoc cref="OperatorStates.ClaimAsync"/>
    public ValueTask ClaimAsync(string target, CancellationToken cancellation) => states.ClaimAsync(target, cancellation);

    /// <summary>Brings a step to where a checkpoint stands. What fits is taken over as the rules for changed queries say.</summary>
    /// <param name="step">A new step.</param>
    /// <param name="last">The checkpoint; null for none.</param>
    /// <param name="onChange">What becomes of stages that changed.</param>
    /// <param name="note">Gets a remark for people.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask RestoreAsync(QueryStep step, Checkpoint? last, ChangedState onChange, Action<string> note, CancellationToken cancellation)
    {
        _chain = ChainOf(last);
        (_fullBytes, _changeBytes) = (0, 0);
        StateEvolution? evolution = null;
        for (int i = 0; i < _chain.Count; i++)
        {
            StateImageReader reader = await states.OpenAsync(_chain[i], cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (evolution is null)
                {
                    evolution = StateEvolution.Of(reader.Manifest, step.Manifest, step.Bound.Plan, onChange);
                    evolution.Accept(onChange, note);
                }

                await ImportAsync(step, reader, evolution, cancellation).ConfigureAwait(false);
            }

            long bytes = await states.SizeAsync(_chain[i], cancellation).ConfigureAwait(false) ?? 0;
            _fullBytes += i == 0 ? bytes : 0;
            _changeBytes += i == 0 ? 0 : bytes;
        }

        if (evolution is { IsExact: false })
        {
            // The manifest of the files behind a full one is that of the full one.
            _chain = [];
        }

        if (last?.Notes.ContainsKey(CheckpointNotes.InputsEnded) == true)
        {
            step.Ended();
        }
    }

    // A piece is read while the one before it is taken in.
    private static async ValueTask ImportAsync(QueryStep step, StateImageReader reader, StateEvolution evolution, CancellationToken cancellation)
    {
        Task taken = Task.CompletedTask;
        try
        {
            while (await reader.NextAsync(cancellation).ConfigureAwait(false) is { } record)
            {
                Task before = taken;
                taken = Task.Run(
                    async () =>
                    {
                        using (record.Rows)
                        {
                            await before.ConfigureAwait(false);
                            if (evolution.Keeps(record.Stage))
                            {
                                step.Import(record);
                            }
                        }
                    },
                    CancellationToken.None);
                await before.ConfigureAwait(false);
            }
        }
        finally
        {
            await taken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await taken.ConfigureAwait(false);
    }

    /// <summary>Saves what an epoch leaves, and names it in the notes of its checkpoint.</summary>
    public async ValueTask<Checkpoint> SaveAsync(QueryStep step, Checkpoint checkpoint, CancellationToken cancellation)
    {
        bool full = _chain.Count == 0 || _chain.Count > OperatorStates.MaxChanges || _changeBytes > _fullBytes;
        var id = new StateFileId(checkpoint.Epoch, checkpoint.FencingToken);
        long bytes = await states.SaveAsync(id, step.Manifest, sink => step.Export(sink, full), cancellation).ConfigureAwait(false);
        _chain = full ? [id] : [.. _chain, id];
        (_fullBytes, _changeBytes) = full ? (bytes, 0) : (_fullBytes, _changeBytes + bytes);
        var notes = new Dictionary<string, string>(checkpoint.Notes) { [CheckpointNotes.State] = string.Join(',', _chain) };
        if (step.HasEnded)
        {
            notes[CheckpointNotes.InputsEnded] = "true";
        }

        return checkpoint with { Notes = notes, Watermark = step.Watermark };
    }

    /// <summary>The checkpoint of what was saved last is committed.</summary>
    /// <param name="note">Gets a remark for people where tidying failed; the commit stands whatever comes of it.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask CommittedAsync(Action<string> note, CancellationToken cancellation)
    {
        if (_chain[^1].Epoch % CommitsPerTidying != 0)
        {
            return;
        }

        try
        {
            HashSet<StateFileId> needed = [.. _chain];
            foreach (IReadOnlyDictionary<string, string> notes in commits is null ? [] : await commits.NotesAsync(cancellation).ConfigureAwait(false))
            {
                needed.UnionWith(ChainOf(notes));
            }

            await states.RemoveOldAsync(_chain[^1], needed, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MillraceException || ErrorClassifier.Classify(e) == ErrorClass.Retryable)
        {
            note($"saved state that nobody needs any more could not be removed: {(e as MillraceException)?.Describe() ?? e.Message}");
        }
    }

    /// <summary>The files that a checkpoint's state is made of, in their order.</summary>
    public static List<StateFileId> ChainOf(Checkpoint? checkpoint) => checkpoint is null ? [] : ChainOf(checkpoint.Notes);

    private static List<StateFileId> ChainOf(IReadOnlyDictionary<string, string> notes)
        => notes.GetValueOrDefault(CheckpointNotes.State) is { Length: > 0 } text
            ? [.. text.Split(',').Select(t => StateFileId.TryParse(t) ?? throw ProgressErrors.Corrupt.Error($"A checkpoint names its state as '{text}'."))]
            : [];
}
