using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>What a job promises from end to end, after any crash: the weaker of its source and its target.</summary>
/// <param name="Level">The promise.</param>
/// <param name="Reason">What it rests on, as a sentence.</param>
public sealed record JobGuarantee(DeliveryGuarantee Level, string Reason)
{
    /// <summary>The promise in words: <c>exactly once</c>.</summary>
    public string Words => OptionInfo.SnakeCase(Level.ToString()).Replace('_', ' ');

    /// <summary>Refuses to promise less than what is wanted.</summary>
    /// <param name="least">What is wanted.</param>
    /// <param name="target">The target, for the message.</param>
    public void Require(DeliveryGuarantee least, string target)
    {
        if (Level < least)
        {
            throw RuntimeErrors.WeakGuarantee.Error($"The job asks for {OptionInfo.SnakeCase(least.ToString()).Replace('_', ' ')}, and the target '{target}' gives {Words}. {Reason}");
        }
    }

    /// <param name="canReplay">Whether the source's rows can be read again; see <see cref="ISource.CanReplay"/>.</param>
    /// <param name="sink">The target.</param>
    public static JobGuarantee Of(bool canReplay, ISink sink)
    {
        if (sink.Guarantee == DeliveryGuarantee.AtLeastOnce)
        {
            return new JobGuarantee(DeliveryGuarantee.AtLeastOnce, "The target cannot hold progress: after a crash the rows since the last commit are written again.");
        }

        if (!canReplay)
        {
            return new JobGuarantee(sink.Guarantee, "The source cannot be read again: what is committed is there once, and what a crash leaves unread is gone with the source.");
        }

        if (sink.CommitsOnce)
        {
            return new JobGuarantee(sink.Guarantee, "The target appears whole or not at all.");
        }

        return new JobGuarantee(sink.Guarantee, sink.Guarantee == DeliveryGuarantee.ExactlyOnce
            ? "Rows and progress are committed together."
            : "Rows are written by key: what a crash repeats overwrites itself.");
    }
}
