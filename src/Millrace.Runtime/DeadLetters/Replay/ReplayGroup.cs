using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>
/// Letters that one plan decodes: all whose source reads its own bytes, or those that were written as JSON with the same
/// columns. A group becomes an epoch.
/// </summary>
/// <param name="Columns">Context of letters in JSON; null for letters with bytes of the source.</param>
internal sealed record ReplayGroup(string? Columns)
{
    private readonly HashSet<ReplayOrigin> _origins = [];

    public IReadOnlyCollection<ReplayOrigin> Origins => _origins;

    public void Add(ReplayOrigin origin) => _origins.Add(origin);
}

/// <summary>Sorts letters into groups. Contexts are compared as text, made once for letters that share one.</summary>
internal sealed class ReplayGroups
{
    private readonly Dictionary<JsonObject, string> _texts = new(ReferenceEqualityComparer.Instance);
    private readonly List<ReplayGroup> _groups = [];

    public IReadOnlyList<ReplayGroup> All => _groups;

    public void Add(DeadLetter letter)
    {
        ReplayOrigin origin = OriginOf(letter);
        string? columns = ColumnsOf(letter, origin);
        ReplayGroup? group = _groups.Find(g => g.Columns == columns);
        if (group is null)
        {
            _groups.Add(group = new ReplayGroup(columns));
        }

        group.Add(letter.Form == RawForm.Source ? origin : new ReplayOrigin(null, origin.Context));
    }

    public bool IsOf(DeadLetter letter, ReplayGroup group) => ColumnsOf(letter, OriginOf(letter)) == group.Columns;

    public ReplayOrigin OriginOf(DeadLetter letter)
    {
        if (letter.Context is not { } context)
        {
            return new ReplayOrigin(letter.Place.File, null);
        }

        if (!_texts.TryGetValue(context, out string? text))
        {
            // Segments are read anew for every group, each time with instances of their own.
            if (_texts.Count > 1000)
            {
                _texts.Clear();
            }

            text = _texts[context] = context.ToJsonString();
        }

        return new ReplayOrigin(letter.Place.File, text);
    }

    private static string? ColumnsOf(DeadLetter letter, ReplayOrigin origin) => letter.Form == RawForm.Source ? null : origin.Context ?? "";
}
