using System.Net;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Something that goes wrong with a request to a <see cref="SimulatedPortal"/>.</summary>
/// <remarks>By default the call does not run; <c>fault with { RunsCall = true }</c> is the one after which a repetition makes things twice.</remarks>
public sealed record SimulatedFault
{
    private SimulatedFault()
    {
    }

    /// <summary>The connection is broken in place of an answer.</summary>
    public static SimulatedFault ConnectionReset { get; } = new() { Kind = FaultKind.Reset };

    /// <summary>No answer comes, and the connection stays open.</summary>
    public static SimulatedFault NoAnswer { get; } = new() { Kind = FaultKind.Silence };

    /// <summary>The call runs, and half of its answer comes.</summary>
    public static SimulatedFault TruncatedAnswer { get; } = new() { Kind = FaultKind.Truncation, RunsCall = true };

    /// <summary>Whether the portal does what it was asked, before it goes wrong.</summary>
    public bool RunsCall { get; init; }

    internal FaultKind Kind { get; private init; }

    internal HttpStatusCode Status { get; private init; }

    internal string Body { get; private init; } = string.Empty;

    internal string ContentType { get; private init; } = string.Empty;

    internal Uri? Location { get; private init; }

    /// <summary>An answer of your own.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its content type.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Answer(HttpStatusCode status, string body, string contentType = SimulatedPortal.JsonType) =>
        new() { Kind = FaultKind.Answer, Status = status, Body = body, ContentType = contentType };

    /// <summary>An error of the portal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The error code.</param>
    /// <param name="description">What went wrong.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Error(HttpStatusCode status, string code, string description = "") =>
        Answer(status, new JObject { ["error"] = code, ["error_description"] = description }.ToString(Formatting.None));

    /// <summary>An HTML page, as proxies and login forms send it.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault HtmlPage(HttpStatusCode status) =>
        Answer(status, $"<html><head><title>{(int)status}</title></head><body><h1>{(int)status}</h1></body></html>", "text/html");

    /// <summary>A redirect (302) to the same path on another portal: this one has moved.</summary>
    /// <param name="portal">Address of the other portal.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault MovedTo(Uri portal) => new() { Kind = FaultKind.Move, Status = HttpStatusCode.Found, Location = portal };

    /// <summary>A redirect to an address of your own.</summary>
    /// <param name="location">Where to, absolute or relative.</param>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Redirect(Uri location, HttpStatusCode status = HttpStatusCode.Found) => new() { Kind = FaultKind.Redirect, Status = status, Location = location };
}
