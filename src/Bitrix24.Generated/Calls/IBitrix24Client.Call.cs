using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;

namespace Bitrix24;

/// <content>Any method.</content>
public partial interface IBitrix24Client
{
    /// <summary>Calls any method of the REST API by its name.</summary>
    /// <remarks>
    /// <para>
    /// The call has the same limits, retries, token refresh, logs and exceptions as the typed methods. A method that this client knows is repeated
    /// as its typed method is. Any other method is repeated only if it was certainly not executed, unless
    /// <see cref="CallOptions.IsIdempotent"/> says that repeating it is safe.
    /// </para>
    /// <para>
    /// Parameters are written as JSON: null as null, booleans as true and false, dates in ISO 8601, enums as numbers unless they state something
    /// else. Many Bitrix24 methods expect <c>Y</c> and <c>N</c>: pass them as strings. Attributes of Newtonsoft.Json count, and so do
    /// <c>JsonPropertyName</c> and <c>JsonIgnore</c> of System.Text.Json.
    /// </para>
    /// <para>Methods and their parameters: <see href="https://apidocs.bitrix24.com/api-reference/index.html"/></para>
    /// </remarks>
    /// <typeparam name="TResult">
    /// The type of the result: a type of the caller, a plain value such as <see cref="long"/>, or <see cref="Newtonsoft.Json.Linq.JToken"/>.
    /// </typeparam>
    /// <param name="method">The name of the method, for example <c>user.current</c>.</param>
    /// <param name="parameters">
    /// The parameters: an anonymous object, a dictionary, a <see cref="Newtonsoft.Json.Linq.JObject"/> or another object. Default: none.
    /// </param>
    /// <param name="options">The settings of the call. Default: those of the client.</param>
    /// <param name="cancellationToken">A token to cancel the operation. The portal may still have executed the call.</param>
    /// <returns>The response.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="method"/> is not a method name, <paramref name="parameters"/> is not an object, or an option is invalid. No request was
    /// sent.
    /// </exception>
    /// <exception cref="Bitrix24Exception">
    /// The portal did not execute the call, or it is unknown whether it did: see <see cref="Bitrix24Exception.Execution"/>. If that is
    /// <see cref="CallExecution.Executed"/>, the result is not a <typeparamref name="TResult"/>.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was canceled.</exception>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    Task<Bitrix24Response<TResult>> CallAsync<TResult>(
        string method,
        object? parameters = null,
        CallOptions? options = null,
        CancellationToken cancellationToken = default
    );
}
