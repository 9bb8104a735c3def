using Millrace.Sql.Streaming;
using SavedPart = Millrace.Sql.Streaming.StageState;

namespace Millrace.Runtime.Streaming;

/// <summary>What becomes of a part of saved state.</summary>
internal enum StateFate
{
    /// <summary>It is taken over.</summary>
    Kept,

    /// <summary>It is new, and begins with nothing.</summary>
    New,

    /// <summary>The query has no such part any more.</summary>
    Dropped,

    /// <summary>It means something else now.</summary>
    Changed,
}

/// <summary>How the saved state of a query fits the query as it is now.</summary>
/// <param name="Parts">Ids of the parts with what becomes of each.</param>
internal sealed record StateEvolution(IReadOnlyList<(string Id, StateFate Fate)> Parts)
{
    /// <summary>Whether nothing has changed.</summary>
    public bool IsExact => Parts.All(p => p.Fate == StateFate.Kept);

    /// <summary>Compares.</summary>
    /// <param name="saved">What was saved.</param>
    /// <param name="plan">The query as it is now.</param>
    public static StateEvolution Of(StateManifest saved, StreamPlan plan)
    {
        StateManifest now = StateManifest.Of(plan);
        Dictionary<string, StateFate> fates = now.Parts.ToDictionary(
            p => p.Id,
            p => saved.Find(p.Id) is not { } old ? StateFate.New : Fits(old, p) ? StateFate.Kept : StateFate.Changed,
            StringComparer.Ordinal);
        foreach (SavedPart behind in BehindChanges(plan, fates).Where(p => fates[p.Id] == StateFate.Kept))
        {
            // What it keeps was made of rows that nobody takes back any more.
            fates[behind.Id] = StateFate.Changed;
        }

        return new([.. now.Parts.Select(p => (p.Id, fates[p.Id])), .. saved.Parts.Where(p => now.Find(p.Id) is null).Select(p => (p.Id, StateFate.Dropped))]);
    }

    /// <summary>Whether the state of a part is taken over.</summary>
    public bool Keeps(string id) => Parts.Any(p => p.Id == id && p.Fate == StateFate.Kept);

    /// <summary>Throws if the change is not to be.</summary>
    /// <param name="onChange">What the job says.</param>
    /// <param name="note">Gets a remark for people.</param>
    public void Accept(ChangedState onChange, Action<string> note)
    {
        if (IsExact)
        {
            return;
        }

        string table = string.Join("; ", Parts.OrderBy(p => p.Fate).Select(p => $"{p.Id} {Words(p.Fate, onChange)}"));
        if (onChange == ChangedState.Refuse && Parts.Any(p => p.Fate == StateFate.Changed))
        {
            throw StreamingErrors.StateChanged.Error($"The query is not the one whose state was saved: {table}. Nothing was touched.");
        }

        note($"the query was changed: {table}");
    }

    private static IEnumerable<SavedPart> BehindChanges(StreamPlan plan, Dictionary<string, StateFate> fates)
    {
        var changed = new HashSet<StagePlan>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < plan.Stages.Count; i++)
        {
            bool behind = plan.Stages[i].Inputs.Any(input => changed.Contains(input.Stage));
            SavedPart? part = plan.States[i];
            if (behind || (part is not null && fates[part.Id] == StateFate.Changed))
            {
                changed.Add(plan.Stages[i]);
            }

            if (behind && part is not null)
            {
                yield return part;
            }
        }
    }

    private static string Words(StateFate fate, ChangedState onChange) => fate switch
    {
        StateFate.Kept => "is kept",
        StateFate.New => "is new and begins with nothing",
        StateFate.Dropped => "is dropped",
        _ => onChange == ChangedState.Refuse ? "does not fit (refused)" : "begins with nothing",
    };

    private static bool Fits(SavedPart old, SavedPart now)
        => old.Signature == now.Signature
            && old.Tables.Count == now.Tables.Count
            && old.Tables.Zip(now.Tables).All(t => t.First.Name == t.Second.Name && Same(t.First.Schema, t.Second.Schema) && t.First.Keys.SequenceEqual(t.Second.Keys) && t.First.Identity.SequenceEqual(t.Second.Identity));

    private static bool Same(Columnar.Schema old, Columnar.Schema now)
        => old.Fields.Select(f => f.Type.ToString()).SequenceEqual(now.Fields.Select(f => f.Type.ToString()));
}
