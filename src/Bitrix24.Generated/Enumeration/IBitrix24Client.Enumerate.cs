using System.Diagnostics.CodeAnalysis;
using Bitrix24.Calls;

namespace Bitrix24;

/// <content>The items of any list method.</content>
public partial interface IBitrix24Client
{
    /// <summary>Reads all items of any list method of REST 2, a page at a time, as they are enumerated.</summary>
    /// <remarks>
    /// <para>
    /// <c>crm.*.list</c> is read by id: each page begins after the last id of the one before, so that items that are created or deleted meanwhile
    /// neither hide nor repeat others. All other methods, and any other order, are read by the offsets that the portal sends. See
    /// <see cref="EnumerateOptions"/> for methods that differ. A field list (<c>select</c>) gets the id added where pages are read by id.
    /// </para>
    /// <para>
    /// The enumeration holds one page at a time. It sends one request for each 50 items, and one more for the end where pages are read by id. It
    /// never loops: a page that does not move forward is a <see cref="Bitrix24TransportException"/>. A page is repeated after a lost response if
    /// the name of the method says that it only reads, such as <c>list</c> or <c>get</c>.
    /// </para>
    /// <para>Paging: <see href="https://apidocs.bitrix24.com/settings/performance/huge-data.html"/></para>
    /// </remarks>
    /// <typeparam name="TItem">The type of an item: a type of the caller, or <see cref="Newtonsoft.Json.Linq.JToken"/>.</typeparam>
    /// <param name="method">The name of the method, for example <c>crm.contact.list</c>.</param>
    /// <param name="parameters">The parameters, such as a filter and the fields to select, without <c>start</c>. Default: none.</param>
    /// <param name="options">The settings. Default: those that fit most methods.</param>
    /// <param name="cancellationToken">A token to cancel the operation.</param>
    /// <returns>The items. The enumeration throws the exceptions that <see cref="CallAsync{TResult}"/> throws.</returns>
    /// <exception cref="ArgumentException">An argument is invalid. No request was sent.</exception>
    [RequiresUnreferencedCode(TrimmingWarnings.AnyType)]
    IAsyncEnumerable<TItem> EnumerateAsync<TItem>(
        string method,
        object? parameters = null,
        EnumerateOptions? options = null,
        CancellationToken cancellationToken = default
    );
}
