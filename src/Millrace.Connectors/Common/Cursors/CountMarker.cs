using System.Text.Json.Nodes;
using Millrace.Sdk;

namespace Millrace.Connectors.Common;

/// <summary>Counts rows, where nothing goes on from a position.</summary>
internal sealed class CountMarker(string split) : ProgressMarker
{
    public override Position Behind(IFoundRows rows, int first, long done) => new(new JsonObject { ["v"] = 1, ["split"] = split, ["rows"] = done });
}
