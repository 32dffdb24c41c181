using System.Net;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Testing;

/// <summary>Represents a failure of a request to a <see cref="SimulatedPortal"/>.</summary>
/// <remarks>
/// By default the portal does not execute the call. With <c>fault with { RunsCall = true }</c> it does, and a retry would execute the call
/// twice.
/// </remarks>
public sealed record SimulatedFault
{
    private SimulatedFault()
    {
    }

    /// <summary>Gets a fault that breaks the connection instead of sending a response.</summary>
    public static SimulatedFault ConnectionReset { get; } = new() { Kind = FaultKind.Reset };

    /// <summary>Gets a fault that sends no response and keeps the connection open.</summary>
    public static SimulatedFault NoAnswer { get; } = new() { Kind = FaultKind.Silence };

    /// <summary>Gets a fault that executes the call and sends half of the response.</summary>
    public static SimulatedFault TruncatedAnswer { get; } = new() { Kind = FaultKind.Truncation, RunsCall = true };

    /// <summary>Gets a value that indicates whether the portal executes the call before the failure.</summary>
    public bool RunsCall { get; init; }

    internal FaultKind Kind { get; private init; }

    internal HttpStatusCode Status { get; private init; }

    internal string Body { get; private init; } = string.Empty;

    internal string ContentType { get; private init; } = string.Empty;

    internal Uri? Location { get; private init; }

    /// <summary>Creates a fault that sends a custom response.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The body.</param>
    /// <param name="contentType">The content type.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Answer(HttpStatusCode status, string body, string contentType = SimulatedPortal.JsonType) =>
        new() { Kind = FaultKind.Answer, Status = status, Body = body, ContentType = contentType };

    /// <summary>Creates a fault that sends an error of the portal.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The error code.</param>
    /// <param name="description">The error description.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Error(HttpStatusCode status, string code, string description = "") =>
        Answer(status, new JObject { ["error"] = code, ["error_description"] = description }.ToString(Formatting.None));

    /// <summary>Creates a fault that sends an HTML page, as proxies and login forms do.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault HtmlPage(HttpStatusCode status) =>
        Answer(status, $"<html><head><title>{(int)status}</title></head><body><h1>{(int)status}</h1></body></html>", "text/html");

    /// <summary>Creates a fault that redirects (302) to the same path on another portal, as a portal that has moved does.</summary>
    /// <param name="portal">The address of the other portal.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault MovedTo(Uri portal) => new() { Kind = FaultKind.Move, Status = HttpStatusCode.Found, Location = portal };

    /// <summary>Creates a fault that redirects to a custom address.</summary>
    /// <param name="location">The address, absolute or relative.</param>
    /// <param name="status">The HTTP status.</param>
    /// <returns>The fault.</returns>
    public static SimulatedFault Redirect(Uri location, HttpStatusCode status = HttpStatusCode.Found) =>
        new() { Kind = FaultKind.Redirect, Status = status, Location = location };
}
